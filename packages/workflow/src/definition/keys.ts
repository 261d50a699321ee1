/** Keys of a definition and of every step. Where two spellings mean the same, both are here. */
import { LIMITS } from '@holdfast/base';
import {
  boolean,
  choice,
  duration,
  FIELD,
  FUNCTION,
  integer,
  type Keys,
  list,
  NAME,
  number,
  object,
  required,
  type Shape,
  text,
} from './shape.ts';

/** More names than this in a list are a mistake. */
const NAMES_MAX = 100;

export const STEPS: Shape = {
  kind: 'list',
  of: { kind: 'step' },
  min: 1,
  max: LIMITS.workflowDefinitionStepsMax,
};
const NAMES: Shape = { kind: 'list', of: { kind: 'text' }, max: NAMES_MAX };
export const FIELDS: Shape = { kind: 'map', of: { kind: 'field' }, names: FIELD };
/** Expressions by name. A number or a boolean is itself. */
export const EXPRESSIONS: Shape = { kind: 'map', of: { kind: 'text' }, names: FIELD };

const target = (about: string) => text(about, { examples: ['Print_Receipt', 'END'] });

/** Keys at the top of a definition. */
export const WORKFLOW_KEYS: Keys = {
  workflow_type: required(
    text('The name by which it is started.', { pattern: NAME, what: 'a name', examples: ['CoffeePurchase'] }),
  ),
  workflow_version: text('A label for people; what runs is told by its hash.', { examples: ['1.0.0'] }),
  description: text('What it is for.'),
  state: {
    shape: FIELDS,
    about: 'Fields it is started with. What functions and answers add needs no mention.',
    examples: [
      { amount: 'money', card: { type: 'string', values: ['chip', 'contactless'] }, note: 'string?' },
    ],
  },
  initial_state_model: text('A named set of fields of the host, instead of `state`.'),
  initial_state_model_path: text('The same; the last part of a dotted path counts.'),
  saga_enabled: boolean(
    'Whether what was done is undone when it fails. Without it: if any step has `compensate`.',
  ),
  deadline: duration('From start to end; then it fails.', { examples: ['10m'] }),
  steps: required({
    shape: STEPS,
    about: 'What is done, in this order unless `next` or a route says otherwise.',
  }),
};

/** Keys of every step. */
export const STEP_KEYS: Keys = {
  name: required(
    text('Its name, once in its block.', { pattern: NAME, what: 'a name', examples: ['Check_Amount'] }),
  ),
  description: text('What it is for.'),
  next: target('The step to go to afterwards, or END; without it the next one in the list.'),
  on_failure: target(
    'The step to go to, or END, once it has failed for good; without it the workflow fails.',
  ),
  automate_next: boolean('Accepted. Every step goes on by itself.'),
  dependencies: { shape: NAMES, about: 'Steps that must stand before this one; checked when it is loaded.' },
  required_input: { shape: NAMES, about: 'Fields that the state must have; checked when it is loaded.' },
  input_model: text('A named set of fields that the state must have; checked when it is loaded.'),
};

const RETRY_KEYS: Keys = {
  attempts: integer('Tries in all; 3 unless it says so.', { min: 1, max: 100 }),
  initial: duration('The first wait; 1s.'),
  multiplier: number('Each wait is so many times the one before; 2.', { min: 1, max: 10 }),
  max: duration('The longest wait; 1m.'),
  jitter: number('The share of a wait that chance may take away; 0.1.', { min: 0, max: 1 }),
  retry_on: { shape: NAMES, about: 'Failure codes that are tried again; without it all.' },
  give_up_on: { shape: NAMES, about: 'Failure codes that end it at once.' },
};

/** How often a step is tried: a number of tries, or all of it. */
const RETRY: Shape = {
  kind: 'by_kind',
  scalar: { kind: 'number', min: 1, max: 100, isInteger: true },
  map: { kind: 'object', keys: RETRY_KEYS },
};

const FUNCTION_NAME = { pattern: FUNCTION, what: 'the name of a function' };

/** Keys of steps that act: they are tried again, they take time, and they can be undone. */
export const ACTING_KEYS: Keys = {
  retry: { shape: RETRY, about: 'How often and when it is tried again; without it once.', examples: [3] },
  timeout: duration('Of one try.', { orNone: true, examples: ['10s'] }),
  deadline: duration('Of the step with all its tries.', { examples: ['2m'] }),
  compensate: {
    shape: {
      kind: 'by_kind',
      scalar: { kind: 'text', ...FUNCTION_NAME },
      map: {
        kind: 'object',
        keys: {
          function: required(text('The function that undoes the step.', FUNCTION_NAME)),
          retry: { shape: RETRY, about: 'How often it is tried; 10 times.' },
        },
      },
    },
    about: 'The function that undoes the step when the workflow fails later.',
    examples: ['edge.void_authorization'],
  },
  compensate_function: text('The same as `compensate`.', FUNCTION_NAME),
};

/** Keys that insert steps when a field has a value. */
export const INJECTION_KEYS: Keys = {
  dynamic_injection: object('Steps that follow this one when a field has a value.', {
    rules: required(
      list('Each is looked at, in this order.', {
        max: LIMITS.workflowBranchesMax,
        of: {
          kind: 'object',
          keys: {
            condition_key: required(text('The field that is looked at.', { examples: ['risk_level'] })),
            value_match: { shape: { kind: 'json' }, about: 'Insert if the field is this.' },
            value_is_not: {
              shape: { kind: 'by_kind', scalar: { kind: 'json' }, list: { kind: 'json' } },
              about: 'Insert if the field is none of these, or is not there.',
            },
            action: required(choice('Where they go.', ['INSERT_AFTER_CURRENT'])),
            steps_to_insert: required({ shape: STEPS, about: 'The steps.' }),
          },
        },
      }),
    ),
  }),
};

/** Routes of a decision. */
export const ROUTES: Shape = {
  kind: 'list',
  min: 1,
  max: LIMITS.workflowBranchesMax,
  of: {
    kind: 'object',
    keys: {
      condition: text('An expression that is true or false.', { examples: ['state.amount <= 25'] }),
      target: target('The step to go to when it is true.'),
      default: target('The step to go to when no condition is true; alone in its route.'),
    },
  },
};
