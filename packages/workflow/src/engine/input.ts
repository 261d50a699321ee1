/** What functions and other workflows are given: named expressions, and fields of the state by their own name. */
import { checkFields } from '../expression/check-value.ts';
import type { Fields, Json, JsonObject } from '../types.ts';
import type { StepError } from './instance.ts';
import { errorAt, faultError, type Place, type Run, stateAt, valueAt } from './run.ts';
import { fitsState } from './size.ts';

export type Input = { ok: true; input: JsonObject } | { ok: false; error: StepError };

/** Evaluates each expression. */
function evaluateAll(run: Run, place: Place, given: Readonly<Record<string, string>>): Input {
  const input: Record<string, Json> = {};
  for (const [name, text] of Object.entries(given)) {
    const found = valueAt(run, place, text);
    if ('fault' in found) return { ok: false, error: faultError(place, found) };
    input[name] = found.value;
  }
  return { ok: true, input };
}

/** Evaluates what another workflow is started with, which is its state. */
export function inputForWorkflow(run: Run, place: Place, given: Readonly<Record<string, string>>): Input {
  const made = evaluateAll(run, place, given);
  if (!made.ok || fitsState(Object.values(made.input))) return made;
  const message = 'The input of the other workflow is larger than a state may be: give it less.';
  return { ok: false, error: errorAt(place, { code: 'state_too_large', message }) };
}

/** The input of a function: what the step names, and of the state what it does not. */
export function inputFor(
  run: Run,
  place: Place,
  of: { fields: Fields; given: Readonly<Record<string, string>> },
): Input {
  const named = evaluateAll(run, place, of.given);
  if (!named.ok) return named;
  const state = stateAt(run, place);
  const input: Record<string, Json> = {};
  for (const name of Object.keys(of.fields)) {
    const value = Object.hasOwn(named.input, name) ? named.input[name] : ownValue(state, name);
    if (value !== undefined) input[name] = value;
  }
  const checked = checkFields(input, of.fields, { currency: run.instance.currency, where: 'closed' });
  if (checked.ok) return { ok: true, input: checked.value };
  const [fault] = checked.faults;
  const message = `${fault?.pointer}: ${fault?.detail}`;
  return { ok: false, error: errorAt(place, { code: 'input_missing', message }) };
}

function ownValue(state: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(state, name) ? state[name] : undefined;
}
