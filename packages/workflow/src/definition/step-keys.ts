/** Keys of each type of step, besides those of every step. */
import { LIMITS } from '@holdfast/base';
import { ACTING_KEYS, EXPRESSIONS, FIELDS, INJECTION_KEYS, ROUTES, STEP_KEYS, STEPS } from './keys.ts';
import {
  boolean,
  choice,
  duration,
  FIELD,
  FUNCTION,
  integer,
  type Key,
  type Keys,
  list,
  NAME,
  number,
  object,
  required,
  text,
} from './shape.ts';

/** Most rounds of a loop; an instance ends after so many steps anyway. */
const ITERATIONS_MAX = 10_000;

const fn = (about: string) => text(about, { pattern: FUNCTION, what: 'the name of a function' });
const field = (about: string) => text(about, { pattern: FIELD, what: 'the name of a field' });
const expressions = (about: string): Key => ({ shape: EXPRESSIONS, about });
const outputKey = field(
  'The field of the state that takes the output; without it each of its members is a field.',
);
const onUnknown = choice('What to do when nobody knows whether a call happened.', [
  'query',
  'retry',
  'compensate',
  'park',
]);
const milliseconds = (about: string) => integer(about, { min: 100, max: 60_000 });
const template = (about: string, examples?: readonly string[]) => text(about, examples ? { examples } : {});
const templates = (about: string): Key => ({ shape: { kind: 'map', of: { kind: 'text' } }, about });
const json = (about: string): Key => ({ shape: { kind: 'json' }, about });

const FUNCTION_KEYS: Keys = {
  function: fn('The function; without it `edge.` and the name in snake_case.'),
  input: expressions(
    'Its input by name, each an expression; what is not named is the field of the same name.',
  ),
  output_key: outputKey,
  on_unknown: onUnknown,
  routes: { shape: ROUTES, about: 'Where to go once the function has run.' },
};

const DECISION_KEYS: Keys = {
  function: fn('A function that runs before the routes are looked at.'),
  routes: required({ shape: ROUTES, about: 'The first whose condition is true is taken.' }),
};

const REQUEST_KEYS: Keys = {
  method: choice('GET unless it says so.', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: template('Where to; a template.', ['https://example.com/products/{{state.product_id}}']),
  headers: templates('Headers; templates.'),
  query_params: templates('The query; templates.'),
  body: json('JSON whose texts are templates.'),
  timeout: duration('Of one try; 30s.', { orNone: true }),
  retry_policy: object('The same as `retry`, shorter.', {
    max_attempts: integer('Tries in all; 1.', { min: 1, max: 100 }),
    delay_seconds: number('The wait between them; 5.', { min: 0, max: 86_400 }),
  }),
};

const HTTP_KEYS: Keys = {
  ...REQUEST_KEYS,
  http_config: object('The request; its keys may stand at the step as well.', REQUEST_KEYS),
  output_key: field('The field that takes the answer; without it the name in snake_case.'),
  includes: list('What of the answer is kept; all of it.', {
    of: { kind: 'choice', values: ['body', 'status_code', 'headers'] },
    max: 3,
  }),
  on_unknown: onUnknown,
};

const MERGE_KEYS: Keys = {
  merge_strategy: choice('How the outputs come together; SHALLOW.', [
    'SHALLOW',
    'DEEP',
    'APPEND',
    'REPLACE',
    'OVERWRITE_EXISTING',
    'PRESERVE_EXISTING',
  ]),
  merge_conflict_behavior: choice('What to do when two branches wrote the same field; RAISE_ERROR.', [
    'RAISE_ERROR',
    'PREFER_NEW',
    'PREFER_EXISTING',
    'PREFER_OLD',
  ]),
};

const ITEM_KEYS: Keys = {
  iterate_over: text('An expression that gives a list.', { examples: ['state.order_items'] }),
  item_var_name: field('The variable that holds the item; `item`.'),
};

const PARALLEL_KEYS: Keys = {
  branches: list('Named branches, each with steps.', {
    max: LIMITS.workflowBranchesMax,
    of: {
      kind: 'object',
      keys: {
        name: required(text('Its name.', { pattern: NAME, what: 'a name' })),
        steps: required({ shape: STEPS, about: 'Its steps; they go to each other only.' }),
      },
    },
  }),
  tasks: list('Branches of one function each.', {
    max: LIMITS.workflowBranchesMax,
    of: {
      kind: 'object',
      keys: {
        name: required(text('Its name.', { pattern: NAME, what: 'a name' })),
        function_path: fn('Its function; without it `edge.` and the name in snake_case.'),
      },
    },
  }),
  ...ITEM_KEYS,
  task_function: fn('The function that runs for each item.'),
  steps: { shape: STEPS, about: 'The steps that run for each item, instead of `task_function`.' },
  batch_size: integer('How many items at once; 0 is as many as there may be.', {
    min: 0,
    max: LIMITS.workflowBranchesMax,
  }),
  ...MERGE_KEYS,
  allow_partial_success: boolean('Go on when a branch has failed.'),
  timeout_seconds: duration('The same as `deadline`.'),
  deadline: duration('Of all branches together.'),
};

const LOOP_KEYS: Keys = {
  mode: choice('Over a list, or while a condition is true.', ['ITERATE', 'WHILE']),
  ...ITEM_KEYS,
  while_condition: text('An expression that is true or false.', { examples: ['state.tries < 3'] }),
  max_iterations: integer('Never more rounds than this; it must be there.', { min: 1, max: ITERATIONS_MAX }),
  loop_body: required({ shape: STEPS, about: 'The steps of one round; they go to each other only.' }),
  deadline: duration('Of all rounds together.'),
};

const WAIT_KEYS: Keys = {
  for: duration('So long.', { examples: ['5m'] }),
  until: text('Until then: an expression, or an instant (RFC 3339).', { examples: ['state.pickup_at'] }),
};

const HUMAN_KEYS: Keys = {
  function: fn('A function that runs before the wait, to ask.'),
  signal: text('What the signal is called; the name in snake_case.', { pattern: NAME, what: 'a name' }),
  prompt: template('What people are asked; a template.', ['Approve {{state.amount}}?']),
  role: text('Who may answer; without it a program may.', {
    pattern: NAME,
    what: 'a name',
    examples: ['manager'],
  }),
  fields: { shape: FIELDS, about: 'What the answer carries.', examples: [{ approved: 'boolean' }] },
  output_key: outputKey,
  timeout: duration('How long to wait; for ever unless it says so.', { orNone: true, examples: ['15m'] }),
  on_timeout: text('The step to go to then; without it the step fails.', { examples: ['Decline'] }),
};

const STARTED_KEYS: Keys = {
  workflow_type: text('The workflow that is started.', { pattern: NAME, what: 'a name' }),
  target_workflow_type: text('The same as `workflow_type`.', { pattern: NAME, what: 'a name' }),
  input: expressions('What it is started with, each an expression.'),
  initial_data_template: {
    shape: { kind: 'map', of: { kind: 'json' }, names: FIELD },
    about: 'The same, as templates.',
  },
};

const CRON_KEYS: Keys = {
  ...STARTED_KEYS,
  schedule: template('The name of the schedule, a template; the name in snake_case.'),
  schedule_name: template('The same as `schedule`.'),
  cron: text('Minute, hour, day, month, day of the week.', { examples: ['0 9 * * MON'] }),
  cron_expression: text('The same as `cron`.'),
  time_zone: text('An IANA name; UTC.', { examples: ['Europe/Stockholm'] }),
  missed: choice('What becomes of times that passed while nothing ran; one.', ['skip', 'one', 'all']),
  overlap: choice('What becomes of a time that comes while the one before still runs; skip.', [
    'skip',
    'queue',
    'cancel',
  ]),
};

const FALLBACK_KEYS: Keys = {
  timeout_ms: milliseconds('Of one try, in milliseconds; 5000.'),
  fallback_on_error: choice('What to do once it has failed; fail.', ['fail', 'skip', 'default']),
  default_result: json('The output then, with `fallback_on_error: default`.'),
};

const MODEL_KEYS: Keys = {
  model_name: text('The model.', { examples: ['fraud_score'] }),
  model_path: text('Accepted; the host knows where its models are.'),
  runtime: text('The plug-in that runs it; onnx.', { pattern: NAME, what: 'a name', examples: ['onnx'] }),
  input_source: text('An expression: what the model is given.', { examples: ['state.readings'] }),
  output_key: field('The field that takes the answer; inference_result.'),
  preprocessing: choice('none unless it says so.', ['none', 'normalize', 'resize']),
  postprocessing: choice('none unless it says so.', ['none', 'softmax', 'threshold', 'argmax']),
  postprocessing_params: object('Settings of it.', {
    threshold: number('The threshold.', { min: -1e9, max: 1e9 }),
  }),
  threshold: number('For `postprocessing: threshold`.', { min: -1e9, max: 1e9 }),
  ...FALLBACK_KEYS,
};

const MODULE_KEYS: Keys = {
  wasm_hash: text('SHA-256 of the module.', {
    pattern: '[0-9a-f]{64}',
    what: '64 hexadecimal digits in lower case',
  }),
  entrypoint: text('The exported function; execute.', { pattern: FIELD, what: 'the name of a function' }),
  state_mapping: {
    shape: { kind: 'map', of: { kind: 'text', pattern: FIELD, what: 'a name' } },
    about: 'Fields of the state to names of the input.',
  },
  ...FALLBACK_KEYS,
};

const ACTING = { ...STEP_KEYS, ...INJECTION_KEYS, ...ACTING_KEYS };
const WAITING = { ...STEP_KEYS, ...INJECTION_KEYS };
const { next: _, ...DECIDING } = STEP_KEYS;

/** All keys of a step by its type, `type` aside. ASYNC is another spelling of STANDARD. */
export const KEYS_BY_TYPE = {
  STANDARD: { ...ACTING, ...FUNCTION_KEYS },
  ASYNC: { ...ACTING, ...FUNCTION_KEYS },
  DECISION: { ...DECIDING, ...DECISION_KEYS },
  HTTP: { ...ACTING, ...HTTP_KEYS },
  PARALLEL: { ...WAITING, ...PARALLEL_KEYS },
  LOOP: { ...WAITING, ...LOOP_KEYS },
  WAIT: { ...WAITING, ...WAIT_KEYS },
  HUMAN_IN_LOOP: { ...WAITING, ...HUMAN_KEYS },
  SUB_WORKFLOW: {
    ...ACTING,
    ...STARTED_KEYS,
    output_key: field('The field that takes its final state; the name in snake_case.'),
  },
  FIRE_AND_FORGET: { ...ACTING, ...STARTED_KEYS },
  CRON_SCHEDULE: { ...ACTING, ...CRON_KEYS },
  AI_INFERENCE: {
    ...ACTING,
    ...MODEL_KEYS,
    ai_config: object('The request; its keys may stand at the step.', MODEL_KEYS),
  },
  WASM: {
    ...ACTING,
    ...MODULE_KEYS,
    ...MERGE_KEYS,
    wasm_config: object('The call; its keys may stand at the step.', MODULE_KEYS),
    input: expressions('Its input by name, each an expression.'),
    output_key: outputKey,
  },
} satisfies Record<string, Keys>;

export type TypeName = keyof typeof KEYS_BY_TYPE;

/** What each type of step does, in a sentence. */
export const ABOUT_TYPE: Readonly<Record<TypeName, string>> = {
  STANDARD: 'Runs a function.',
  ASYNC: 'Runs a function: another spelling of STANDARD.',
  DECISION: 'Goes where the first true condition says.',
  HTTP: 'Sends a request.',
  PARALLEL: 'Runs branches beside each other.',
  LOOP: 'Runs steps again and again, a bounded number of times.',
  WAIT: 'Waits for a time.',
  HUMAN_IN_LOOP: 'Waits for an answer of a person or a program.',
  SUB_WORKFLOW: 'Runs another workflow and waits for it.',
  FIRE_AND_FORGET: 'Starts another workflow and goes on.',
  CRON_SCHEDULE: 'Makes a schedule that starts a workflow again and again.',
  AI_INFERENCE: 'Asks a model.',
  WASM: 'Runs a WebAssembly module.',
};
