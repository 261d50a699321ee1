/**
 * The fields of a workflow's state: what it is started with, and what its steps add. What only steps add is optional,
 * for a condition may be looked at before the step has run.
 */
import { nameOf } from '../expression/typing.ts';
import type { Field, Fields, FieldType } from '../types.ts';
import { everyStep } from './blocks.ts';
import type { HttpStep, Step } from './model.ts';
import type { Reading } from './reading.ts';

const JSON_FIELD: FieldType = { type: 'json' };

/** The declared fields and those of the steps. Two steps that mean different things by one name are a problem. */
export function stateOf(declared: Fields, steps: readonly Step[], reading: Reading): Fields {
  const state: Record<string, Field> = { ...declared };
  for (const { step, isAppended } of everyStep(steps)) {
    for (const [name, field] of Object.entries(outputOf(step, reading))) {
      const known = Object.hasOwn(state, name) ? state[name] : undefined;
      if (known === undefined) {
        // One value within a branch, the list of them after all branches: looked at when it is used.
        state[name] = isAppended ? { ...JSON_FIELD, optional: true } : { ...field, optional: true };
      } else if (!canHold(isAppended && known.type === 'list' ? known.of : known, field)) {
        const message = `The step puts ${nameOf(field)} into "${name}", which is ${nameOf(known)}: use "output_key".`;
        reading.problems.error(reading.places.at(step, 'output_key'), 'type_conflict', message);
      }
    }
  }
  return state;
}

/** What a step adds to the state, and what undoing it adds. */
export function outputOf(step: Step, reading: Pick<Reading, 'functions'>): Fields {
  const undone =
    step.compensate === null ? {} : (reading.functions.get(step.compensate.function)?.output ?? {});
  return { ...undone, ...ownOutput(step, reading) };
}

function ownOutput(step: Step, { functions }: Pick<Reading, 'functions'>): Fields {
  switch (step.type) {
    case 'STANDARD': {
      const output = functions.get(step.function)?.output;
      if (step.output_key === null) return output ?? {};
      return { [step.output_key]: output === undefined ? JSON_FIELD : { type: 'record', fields: output } };
    }
    case 'HUMAN_IN_LOOP':
      return step.output_key === null
        ? step.fields
        : { [step.output_key]: { type: 'record', fields: step.fields } };
    case 'HTTP':
      return { [step.output_key]: { type: 'record', fields: answerFields(step) } };
    case 'AI_INFERENCE':
      return { [step.output_key]: JSON_FIELD };
    case 'SUB_WORKFLOW':
    case 'WASM':
      return step.output_key === null ? {} : { [step.output_key]: JSON_FIELD };
    default:
      return {};
  }
}

function answerFields({ includes }: HttpStep): Fields {
  const types = { body: JSON_FIELD, status_code: { type: 'integer' }, headers: JSON_FIELD } satisfies Fields;
  return Object.fromEntries(includes.map((name) => [name, types[name]]));
}

/** Whether a field of one type takes every value of the other; json takes all, and is looked at when it is used. */
export function canHold(to: FieldType, from: FieldType): boolean {
  if (to.type === 'json' || from.type === 'json') return true;
  if (to.type === 'list' && from.type === 'list') return canHold(to.of, from.of);
  if (to.type === 'record' && from.type === 'record') {
    const given = from.fields;
    return Object.entries(to.fields).every(([name, field]) => {
      const other = Object.hasOwn(given, name) ? given[name] : undefined;
      return other === undefined ? field.optional === true : canHold(field, other);
    });
  }
  if (to.type === 'decimal') return from.type === 'decimal' || from.type === 'integer';
  if (to.type === 'money') return from.type === 'money' || from.type === 'decimal' || from.type === 'integer';
  return to.type === from.type;
}
