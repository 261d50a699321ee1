/** Checks the functions that steps name: that they are known, and that the state gives what they need. */
import { nameOf } from '../expression/typing.ts';
import type { FunctionSpec, FunctionTable } from '../functions.ts';
import type { Fields } from '../types.ts';
import { everyStep } from './blocks.ts';
import type { Definition, RetryPolicy, Step } from './model.ts';
import type { Places } from './places.ts';
import type { Problems } from './problems.ts';
import { canHold } from './state.ts';

type Checking = {
  problems: Problems;
  places: Places;
  functions: FunctionTable;
  state: Fields;
  saga: boolean;
};

/** Reports functions that are not known, input that nothing gives, and codes that no function has. */
export function checkFunctions(
  { steps, state, saga }: Definition,
  of: { problems: Problems; places: Places; functions: FunctionTable },
): void {
  const checking = { ...of, state, saga };
  for (const { step } of everyStep(steps)) {
    if (step.type === 'STANDARD') checkStep(step, checking);
    else if ('on_unknown' in step) checkUnknown(step, { canQuery: false, checking });
    checkCompensate(step, checking);
  }
}

function checkStep(step: Extract<Step, { type: 'STANDARD' }>, checking: Checking): void {
  const { problems, places } = checking;
  const spec = find(step.function, { at: places.at(step, 'function'), checking });
  if (spec === undefined) return;
  for (const name of Object.keys(step.input)) {
    if (Object.hasOwn(spec.input, name)) continue;
    const hint = problems.hint(name, Object.keys(spec.input));
    problems.error(places.at(step.input, name), 'unknown_input', `${spec.name} takes no "${name}".${hint}`);
  }
  checkInput(spec, { given: step.input, at: places.at(step, 'function'), checking });
  checkUnknown(step, { canQuery: spec.canQuery === true, checking });
  checkCodes(step.retry, spec, checking);
}

function find(name: string, { at, checking }: { at: number; checking: Checking }): FunctionSpec | undefined {
  const spec = checking.functions.get(name);
  if (spec !== undefined || name === '') return spec;
  const names = [...checking.functions.keys()];
  const last = (of: string) => of.slice(of.lastIndexOf('.') + 1);
  const same = names.find((known) => last(known) === last(name));
  const hint = same === undefined ? checking.problems.hint(name, names) : ` Did you mean "${same}"?`;
  checking.problems.error(at, 'unknown_function', `There is no function "${name}".${hint}`);
  return undefined;
}

/** Input that is not named comes from the field of the same name; it has to be there, and of a type that fits. */
function checkInput(
  spec: FunctionSpec,
  of: { given: Readonly<Record<string, string>>; at: number; checking: Checking },
): void {
  const { state, problems } = of.checking;
  for (const [name, field] of Object.entries(spec.input)) {
    if (Object.hasOwn(of.given, name)) continue;
    const known = Object.hasOwn(state, name) ? state[name] : undefined;
    if (known === undefined) {
      if (field.optional === true) continue;
      const message = `${spec.name} needs "${name}": add it to "state", or give it under "input".`;
      problems.error(of.at, 'missing_input', message);
    } else if (!canHold(field, known)) {
      const message = `${spec.name} takes ${nameOf(field)} as "${name}", and the state has ${nameOf(known)}: give it under "input".`;
      problems.error(of.at, 'wrong_input', message);
    }
  }
}

function checkCompensate(step: Step, checking: Checking): void {
  const { compensate } = step;
  if (compensate === null) return;
  const at = checking.places.at(compensate, 'function');
  const spec = find(compensate.function, { at, checking });
  if (spec !== undefined) {
    checkInput(spec, { given: {}, at, checking });
    checkCodes(compensate.retry, spec, checking);
  }
  if (!checking.saga) {
    const message = 'It is never run, because "saga_enabled" is false: remove one of them.';
    checking.problems.warn(at, 'ignored_key', message);
  }
}

function checkUnknown(
  step: Extract<Step, { on_unknown: unknown }>,
  { canQuery, checking }: { canQuery: boolean; checking: Checking },
): void {
  const at = checking.places.at(step, 'on_unknown');
  if (step.on_unknown === 'query' && !canQuery) {
    const message = 'Nobody can be asked what became of the call: use park, retry or compensate.';
    checking.problems.error(at, 'cannot_query', message);
  }
  if (step.on_unknown === 'compensate' && step.compensate === null) {
    checking.problems.error(at, 'missing_key', '"on_unknown: compensate" needs "compensate": add it.');
  }
}

/** A code that is nearly one of the function's is a slip; others may be those of the engine. */
function checkCodes({ retry_on, give_up_on }: RetryPolicy, spec: FunctionSpec, checking: Checking): void {
  for (const codes of [retry_on, give_up_on]) {
    codes.forEach((code, index) => {
      const hint = spec.failures.includes(code) ? '' : checking.problems.hint(code, spec.failures);
      if (hint === '') return;
      checking.problems.warn(
        checking.places.at(codes, index),
        'unknown_code',
        `${spec.name} never fails with "${code}".${hint}`,
      );
    });
  }
}
