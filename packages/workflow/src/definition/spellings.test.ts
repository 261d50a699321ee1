import { describe, expect, it } from 'vitest';
import { expressionKey } from './program.ts';
import { HEAD, programOf, stepsOf } from './testing-host.ts';

const one = (step: string) => stepsOf(`${HEAD}- ${step}\n`)[0];
const NO_RETRY = {
  attempts: 1,
  initial_ms: 1_000,
  multiplier: 2,
  max_ms: 60_000,
  jitter: 0.1,
  retry_on: [],
  give_up_on: [],
};

describe('retry', () => {
  const retry = (text: string) => one(`{name: Bake_Baguette, retry: ${text}}`)?.retry;

  it('is once, or a number of tries, or all of it', () => {
    expect(one('{name: Bake_Baguette}')?.retry).toEqual(NO_RETRY);
    expect(retry('5')).toEqual({ ...NO_RETRY, attempts: 5 });
    expect(retry('{}')).toEqual({ ...NO_RETRY, attempts: 3 });
    expect(
      retry(
        '{attempts: 4, initial: 500ms, multiplier: 1.5, max: 2h, jitter: 0, retry_on: [a, b], give_up_on: [c]}',
      ),
    ).toEqual({
      attempts: 4,
      initial_ms: 500,
      multiplier: 1.5,
      max_ms: 7_200_000,
      jitter: 0,
      retry_on: ['a', 'b'],
      give_up_on: ['c'],
    });
  });

  it('of a compensation is ten times unless it says so', () => {
    const compensate = (text: string) => one(`{name: Bake_Baguette, ${text}}`)?.compensate;
    const tenTimes = { function: 'edge.measure_dough', retry: { ...NO_RETRY, attempts: 10 } };
    expect(compensate('compensate: edge.measure_dough')).toEqual(tenTimes);
    expect(compensate('compensate_function: edge.measure_dough')).toEqual(tenTimes);
    expect(compensate('compensate: {function: edge.measure_dough}')).toEqual(tenTimes);
    expect(compensate('compensate: {function: edge.measure_dough, retry: 2}')?.retry.attempts).toBe(2);
  });
});

it.each([
  ['10', 10_000],
  ['0.25', 250],
  ['500ms', 500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['none', null],
])('a time-out of %s is %s ms', (text, ms) => {
  expect(one(`{name: Bake_Baguette, timeout: ${text}}`)?.timeout_ms).toBe(ms);
});

it('undoes what was done if any step says how, unless it is switched off', () => {
  const saga = (text: string) => programOf(`workflow_type: T\n${text}`).definition.saga;
  expect(saga('steps: [{name: Bake_Baguette}]')).toBe(false);
  expect(saga('saga_enabled: true\nsteps: [{name: Bake_Baguette}]')).toBe(true);
  const inside = '{name: Bake_Baguette, compensate: edge.measure_dough}';
  expect(saga(`steps: [${inside}]`)).toBe(true);
  const loop = `{name: L, type: LOOP, while_condition: "false", max_iterations: 1, loop_body: [${inside}]}`;
  expect(saga(`steps: [${loop}]`)).toBe(true);
  expect(saga(`saga_enabled: false\nsteps: [${inside}]`)).toBe(false);
});

it('asks what became of a call where that can be asked, and else leaves it to a person', () => {
  const unknown = (text: string) => {
    const step = one(text);
    return step !== undefined && 'on_unknown' in step ? step.on_unknown : undefined;
  };
  expect(unknown('{name: Bake_Baguette}')).toBe('query');
  expect(unknown('{name: Pick_Loaf}')).toBe('park');
  expect(unknown('{name: H, type: HTTP, url: "https://a.example"}')).toBe('retry');
  expect(unknown('{name: H, type: HTTP, method: POST, url: "https://a.example"}')).toBe('park');
});

it('gives a decision with a function two steps, and a step with routes as well', () => {
  const routes = 'routes: [{condition: "state.is_hot", target: END}, {default: Bake_Baguette}]';
  const last = '\n- {name: Bake_Baguette}';
  const decision = stepsOf(
    `${HEAD}- {name: Online, type: DECISION, function: edge.see_if_oven_is_hot, ${routes}}${last}`,
  );
  expect(decision.map(({ name, type, next }) => [name, type, next])).toEqual([
    ['Online', 'STANDARD', 'Online-routes'],
    ['Online-routes', 'DECISION', 'Bake_Baguette'],
    ['Bake_Baguette', 'STANDARD', 'END'],
  ]);
  expect(stepsOf(`${HEAD}- {name: Online, function: edge.see_if_oven_is_hot, ${routes}}${last}`)).toEqual(
    decision,
  );
});

it('inserts steps where a field has a value', () => {
  const rules = `[
    {condition_key: note, value_match: gift, action: INSERT_AFTER_CURRENT, steps_to_insert: [{name: Measure_Dough}]},
    {condition_key: state.amount, value_is_not: [10, 20], action: INSERT_AFTER_CURRENT, steps_to_insert: [{name: A, type: WAIT, for: 1}, {name: B, type: WAIT, for: 1}]}]`;
  const steps = stepsOf(
    `${HEAD}- {name: Bake_Baguette, next: Z, dynamic_injection: {rules: ${rules}}}\n- {name: Z, type: WAIT, for: 1}`,
  );
  const ways = steps.map((step) => [
    step.name,
    step.type === 'DECISION' ? [step.routes, step.default_target] : step.next,
  ]);
  expect(ways).toEqual([
    ['Bake_Baguette', 'Bake_Baguette-insert-1'],
    [
      'Bake_Baguette-insert-1',
      [
        [{ condition: 'has(state.note) and state.note == "gift"', target: 'Measure_Dough' }],
        'Bake_Baguette-insert-2',
      ],
    ],
    ['Measure_Dough', 'Bake_Baguette-insert-2'],
    [
      'Bake_Baguette-insert-2',
      [
        [{ condition: 'not has(state.amount) or (state.amount != 10 and state.amount != 20)', target: 'A' }],
        'Z',
      ],
    ],
    ['A', 'B'],
    ['B', 'Z'],
    ['Z', 'END'],
  ]);
});

describe('a request', () => {
  it('is read from its own mapping and from the step', () => {
    const nested =
      one(`{name: Look_Up, type: HTTP, http_config: {method: GET, url: "https://a.example/{{state.note}}",
      headers: {X-Count: 1}, query_params: {a: "{{state.amount}}"}, timeout: 5, retry_policy: {max_attempts: 3}}, includes: [status_code]}`);
    const flat =
      one(`{name: Look_Up, type: HTTP, url: "https://a.example/{{state.note}}", headers: {X-Count: "1"},
      query_params: {a: "{{state.amount}}"}, timeout: 5s, retry: {attempts: 3, initial: 5s, max: 5s, multiplier: 1, jitter: 0}, includes: [status_code]}`);
    expect(nested).toEqual(flat);
    expect(nested).toMatchObject({
      method: 'GET',
      headers: { 'X-Count': '1' },
      query: { a: '{{state.amount}}' },
      body: null,
      timeout_ms: 5_000,
      retry: { attempts: 3, initial_ms: 5_000, multiplier: 1 },
      output_key: 'look_up',
      includes: ['status_code'],
    });
  });

  it('has an answer of known fields, and templates for each of its texts', () => {
    const text = `${HEAD}- {name: Look_Up, type: HTTP, method: POST, url: "https://a.example", headers: {A: "{{secrets.KEY}}"}, body: {a: ["x {{state.note}}", 1]}}
- {name: D, type: DECISION, routes: [{condition: "state.look_up.status_code == 200", target: END}, {default: END}]}`;
    const { templates } = programOf(text);
    expect([...templates.keys()].sort()).toEqual([
      '\nhttps://a.example',
      '\nx {{state.note}}',
      '\n{{secrets.KEY}}',
    ]);
    expect(templates.get(expressionKey('', '{{secrets.KEY}}'))?.secrets).toEqual(['KEY']);
  });
});

describe('a parallel step', () => {
  const branches = (text: string) => {
    const step = one(`{name: P, type: PARALLEL, ${text}}`);
    return step?.type === 'PARALLEL' ? step : undefined;
  };

  it('makes a branch of each task', () => {
    const step = branches('tasks: [{name: paper, function_path: edge.bake_baguette}, {name: measure_dough}]');
    expect(step?.branches).toMatchObject({
      kind: 'named',
      branches: [
        { name: 'paper', steps: [{ name: 'paper', function: 'edge.bake_baguette', next: 'END' }] },
        { name: 'measure_dough', steps: [{ name: 'measure_dough', function: 'edge.measure_dough' }] },
      ],
    });
    expect(step).toMatchObject({
      merge: 'shallow',
      conflict: 'error',
      allow_partial: false,
      deadline_ms: null,
    });
  });

  it('makes a branch of each item, whose variable is the input of that name', () => {
    const text =
      'iterate_over: items, task_function: edge.herald, item_var_name: message, batch_size: 5, merge_strategy: APPEND';
    expect(branches(text)?.branches).toEqual({
      kind: 'each',
      over: 'state.items',
      item: 'message',
      at_once: 5,
      steps: [
        expect.objectContaining({ name: 'herald', function: 'edge.herald', input: { message: 'message' } }),
      ],
    });
  });

  it.each([
    ['SHALLOW', '', 'shallow', 'error'],
    ['DEEP', 'PREFER_NEW', 'deep', 'last'],
    ['DEEP', 'PREFER_EXISTING', 'deep', 'first'],
    ['SHALLOW', 'PREFER_OLD', 'shallow', 'first'],
    ['APPEND', 'RAISE_ERROR', 'append', 'error'],
    ['REPLACE', '', 'shallow', 'last'],
    ['OVERWRITE_EXISTING', '', 'shallow', 'last'],
    ['PRESERVE_EXISTING', '', 'shallow', 'first'],
  ])('merges by %s %s', (strategy, behavior, merge, conflict) => {
    const how = behavior === '' ? '' : `, merge_conflict_behavior: ${behavior}`;
    const text = `tasks: [{name: measure_dough}], merge_strategy: ${strategy}${how}, timeout_seconds: 60, allow_partial_success: true`;
    expect(branches(text)).toMatchObject({ merge, conflict, allow_partial: true, deadline_ms: 60_000 });
  });
});

it('types the variable of a loop by its list, and counts rounds in index', () => {
  const text = `${HEAD}- {name: L, type: LOOP, mode: ITERATE, iterate_over: state.items, item_var_name: sku, max_iterations: 10,
    loop_body: [{name: M, type: LOOP, mode: WHILE, while_condition: "sku.size() > 3 and index < 5", max_iterations: 5, loop_body: [{name: Herald, input: {message: sku}}]}]}`;
  const { blocks, expressions } = programOf(text);
  expect([...blocks.keys()]).toEqual(['', 'L', 'L/M']);
  expect(expressions.get(expressionKey('L/M', 'sku'))?.type).toEqual({ type: 'string' });
  expect(blocks.get('L/M')?.first).toBe('Herald');
});

it('waits until an instant that is written out, or an expression', () => {
  const wait = (text: string) => {
    const step = one(`{name: W, type: WAIT, ${text}}`);
    return step?.type === 'WAIT' ? step.wait : undefined;
  };
  expect(wait('for: 90')).toEqual({ kind: 'for', ms: 90_000 });
  expect(wait('until: "2026-12-24T18:00:00+01:00"')).toEqual({
    kind: 'until',
    at: 'timestamp("2026-12-24T18:00:00+01:00")',
  });
  expect(wait('until: state.at')).toEqual({ kind: 'until', at: 'state.at' });
});

it('asks before it waits for an answer, if there is a function for it', () => {
  const text =
    '- {name: Approve, type: HUMAN_IN_LOOP, function: edge.measure_dough, fields: {ok: boolean}, timeout: 5m, on_timeout: END}';
  expect(stepsOf(`${HEAD}${text}`)).toMatchObject([
    { name: 'Approve', type: 'STANDARD', function: 'edge.measure_dough', next: 'Approve-answer' },
    {
      name: 'Approve-answer',
      type: 'HUMAN_IN_LOOP',
      signal: 'approve',
      role: null,
      fields: { ok: { type: 'boolean' } },
      wait_ms: 300_000,
      on_timeout: 'END',
      timeout_ms: null,
    },
  ]);
});

it('starts workflows with expressions, or with templates', () => {
  const input = (text: string) => {
    const step = one(text);
    return step !== undefined && 'workflow_type' in step ? [step.workflow_type, step.input] : undefined;
  };
  expect(input('{name: S, type: SUB_WORKFLOW, workflow_type: U, input: {a: state.note, b: 5}}')).toEqual([
    'U',
    { a: 'state.note', b: '5' },
  ]);
  const template =
    '{a: "{{ state.note }}", b: text, c: "Dear {{state.note}}!", d: 5, e: [true, "{{state.amount}}"], f: null}';
  expect(
    input(
      `{name: F, type: FIRE_AND_FORGET, target_workflow_type: U, initial_data_template: ${template.replace(', "{{state.amount}}"', ', false')}}`,
    ),
  ).toEqual([
    'U',
    {
      a: 'state.note',
      b: '"text"',
      c: '"Dear " + (state.note) + "!"',
      d: '5',
      e: '[true, false]',
      f: 'null',
    },
  ]);
});

it('reads schedules in both spellings', () => {
  const long = one(
    '{name: Weekly, type: CRON_SCHEDULE, schedule_name: "w_{{state.note}}", cron_expression: "0 9 * * MON", target_workflow_type: U}',
  );
  const short = one(
    '{name: Weekly, type: CRON_SCHEDULE, schedule: "w_{{state.note}}", cron: "0 9 * * MON", workflow_type: U}',
  );
  expect(long).toEqual(short);
  expect(long).toMatchObject({ time_zone: 'UTC', missed: 'one', overlap: 'skip', input: {} });
  expect(one('{name: Every_Day, type: CRON_SCHEDULE, cron: "@daily", workflow_type: U}')).toMatchObject({
    schedule: 'every_day',
  });
});

it('asks models', () => {
  const config =
    'model_name: m, input_source: items, postprocessing: threshold, postprocessing_params: {threshold: 0.5}, timeout_ms: 250';
  const nested = one(`{name: Score, type: AI_INFERENCE, ai_config: {${config}}}`);
  expect(nested).toEqual(one(`{name: Score, type: AI_INFERENCE, ${config}}`));
  expect(nested).toMatchObject({
    model: 'm',
    runtime: 'onnx',
    input: 'state.items',
    preprocess: 'none',
    postprocess: 'threshold',
    threshold: 0.5,
    output_key: 'inference_result',
    on_error: 'fail',
    default_result: null,
    timeout_ms: 250,
  });
});

it('runs modules, with the fields that are always there unless it says which', () => {
  const hash = 'a'.repeat(64);
  expect(one(`{name: M, type: WASM, wasm_hash: ${hash}}`)).toMatchObject({
    module: hash,
    entrypoint: 'execute',
    input: { amount: 'state.amount', items: 'state.items' },
    timeout_ms: 5_000,
  });
  const config = `{wasm_hash: ${hash}, state_mapping: {amount: sum, state.note: text}, fallback_on_error: default, default_result: {a: 1}}`;
  expect(one(`{name: M, type: WASM, wasm_config: ${config}, output_key: out}`)).toMatchObject({
    input: { sum: 'state.amount', text: 'state.note' },
    on_error: 'default',
    default_result: { a: 1 },
    output_key: 'out',
  });
});

it('knows the short and the long form of every type', () => {
  const state = `{a: money, b: "money?", c: {type: string, values: [x, y], optional: true}, d: {type: list, of: {type: list, of: integer}},
    e: {sku: string, price: "decimal?"}, f: {type: record, fields: {type: string}}, g: {type: list}, h: {type: json}}`;
  const { definition } = programOf(
    `workflow_type: T\nstate: ${state}\nsteps: [{name: W, type: WAIT, for: 1}]`,
  );
  expect(definition.state).toEqual({
    a: { type: 'money' },
    b: { type: 'money', optional: true },
    c: { type: 'string', values: ['x', 'y'], optional: true },
    d: { type: 'list', of: { type: 'list', of: { type: 'integer' } } },
    e: { type: 'record', fields: { sku: { type: 'string' }, price: { type: 'decimal', optional: true } } },
    f: { type: 'record', fields: { type: { type: 'string' } } },
    g: { type: 'list', of: { type: 'json' } },
    h: { type: 'json' },
  });
});

it('adds to the state what steps put into it', () => {
  const text = `${HEAD}- {name: Pick_Loaf, output_key: loaf}
- {name: Measure_Dough}
- {name: Ask, type: HUMAN_IN_LOOP, fields: {tip: money}}
- {name: Sub, type: SUB_WORKFLOW, workflow_type: U}
- {name: All, type: PARALLEL, iterate_over: items, task_function: edge.see_if_oven_is_hot, merge_strategy: APPEND}`;
  const { state } = programOf(text).definition;
  expect(state).toMatchObject({
    amount: { type: 'money' },
    loaf: { type: 'record', optional: true },
    dough_suffices: { type: 'boolean', optional: true },
    tip: { type: 'money', optional: true },
    sub: { type: 'json', optional: true },
    is_hot: { type: 'json', optional: true },
  });
});
