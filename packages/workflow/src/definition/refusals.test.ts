import { describe, expect, it } from 'vitest';
import { loadDefinition } from './load.ts';
import { HEAD, problemsOf, testingHost } from './testing-host.ts';

const host = testingHost();

/** Each is one entry of the steps; line 4 is its first. A last step makes room for targets. */
const REFUSED: [what: string, step: string, problems: string[]][] = [
  ['an unknown key', '- {name: Herald, input: {message: "\'a\'"}, retires: 3}', ['4:43 unknown_key']],
  ['an unknown type', '- {name: A, type: HTPP}', ['4:19 unknown_type']],
  ['a step without a name', '- {function: edge.bake_baguette}', ['4:3 missing_key']],
  ['a name that is none', '- {name: "Bake Baguette", function: edge.bake_baguette}', ['4:10 wrong_value']],
  ['a reserved name', '- {name: END, function: edge.bake_baguette}', ['4:10 reserved_name']],
  ['a name that is taken', '- {name: Last, function: edge.bake_baguette}', ['5:10 duplicate_step']],
  ['an unknown function', '- {name: A, function: edge.bake_bagette}', ['4:23 unknown_function']],
  [
    'an unknown input',
    '- {name: Herald, input: {message: "\'a\'", mesage: "\'b\'"}}',
    ['4:50 unknown_input'],
  ],
  ['input that nothing gives', '- {name: Herald}', ['4:10 missing_input']],
  ['input of another type', '- {name: Herald, input: {message: state.amount}}', ['4:35 wrong_type']],
  [
    'a field of another type',
    '- {name: A, function: edge.bake_baguette, output_key: note}',
    ['4:55 type_conflict'],
  ],
  ['an undefined target', '- {name: Bake_Baguette, next: Lats}', ['4:31 unknown_target']],
  ['an undefined way out', '- {name: Bake_Baguette, on_failure: Nowhere}', ['4:37 unknown_target']],
  ['an unreachable step', '- {name: Bake_Baguette, next: END}', ['5:10 unreachable_step']],
  [
    'a cycle',
    '- {name: Bake_Baguette}\n- {name: B, function: edge.bake_baguette, on_failure: Bake_Baguette}',
    ['5:55 cycle'],
  ],
  ['a step that goes to itself', '- {name: Bake_Baguette, on_failure: Bake_Baguette}', ['4:37 cycle']],
  [
    'a dependency that comes later',
    '- {name: Bake_Baguette, dependencies: [Last]}',
    ['4:40 unknown_dependency'],
  ],
  [
    'required input that is no field',
    '- {name: Bake_Baguette, required_input: [amunt]}',
    ['4:42 unknown_field'],
  ],
  [
    'an unknown field',
    '- {name: D, type: DECISION, routes: [{condition: state.amont > 1, target: END}, {default: Last}]}',
    ['4:56 unknown_field'],
  ],
  [
    'a condition that is none',
    '- {name: D, type: DECISION, routes: [{condition: state.amount, target: END}, {default: Last}]}',
    ['4:50 wrong_type'],
  ],
  [
    'a condition that is broken',
    '- {name: D, type: DECISION, routes: [{condition: "state.amount >", target: END}, {default: Last}]}',
    ['4:65 syntax'],
  ],
  [
    'two defaults',
    '- {name: D, type: DECISION, routes: [{default: END}, {default: Last}]}',
    ['4:54 wrong_route'],
  ],
  [
    'half a route',
    '- {name: D, type: DECISION, routes: [{condition: "true"}, {default: Last}]}',
    ['4:38 wrong_route'],
  ],
  ['no routes', '- {name: D, type: DECISION, routes: []}', ['4:37 empty']],
  [
    'next on a decision',
    '- {name: D, type: DECISION, next: Last, routes: [{default: Last}]}',
    ['4:29 unknown_key'],
  ],
  [
    'next and routes',
    '- {name: Bake_Baguette, next: END, routes: [{default: Last}]}',
    ['4:25 conflicting_keys'],
  ],
  [
    'a loop without a bound',
    '- {name: L, type: LOOP, while_condition: "true", loop_body: [{name: Bake_Baguette}]}',
    ['4:3 unbounded_loop'],
  ],
  [
    'a loop over no list',
    '- {name: L, type: LOOP, iterate_over: amount, max_iterations: 3, loop_body: [{name: Bake_Baguette}]}',
    ['4:39 wrong_type'],
  ],
  [
    'a loop of both kinds',
    '- {name: L, type: LOOP, iterate_over: items, while_condition: "true", max_iterations: 3, loop_body: [{name: Bake_Baguette}]}',
    ['4:25 conflicting_keys'],
  ],
  [
    'an empty loop',
    '- {name: L, type: LOOP, iterate_over: items, max_iterations: 3, loop_body: []}',
    ['4:76 empty'],
  ],
  [
    'a variable that is taken',
    '- {name: L, type: LOOP, iterate_over: items, item_var_name: state, max_iterations: 3, loop_body: [{name: Bake_Baguette}]}',
    ['4:61 wrong_name'],
  ],
  [
    'a way out of a loop',
    '- {name: L, type: LOOP, iterate_over: items, max_iterations: 3, loop_body: [{name: Bake_Baguette, next: Last}]}',
    ['4:105 unknown_target'],
  ],
  ['a parallel step of nothing', '- {name: P, type: PARALLEL}', ['4:3 missing_key']],
  [
    'branches of one name',
    '- {name: P, type: PARALLEL, tasks: [{name: a, function_path: edge.bake_baguette}, {name: a, function_path: edge.measure_dough}]}',
    ['4:90 duplicate_branch'],
  ],
  ['a wait for nothing', '- {name: W, type: WAIT}', ['4:3 missing_key']],
  ['a wait until a text', '- {name: W, type: WAIT, until: state.note}', ['4:32 wrong_type']],
  ['a wait too long', '- {name: W, type: WAIT, for: 367d}', ['4:30 wrong_value']],
  ['a duration without a unit', '- {name: W, type: WAIT, for: "10"}', ['4:30 wrong_value']],
  ['a route that is never taken', '- {name: H, type: HUMAN_IN_LOOP, on_timeout: Last}', ['4:46 missing_key']],
  [
    'a secret that is shown',
    '- {name: H, type: HUMAN_IN_LOOP, prompt: "{{secrets.KEY}}"}',
    ['4:45 secret_here'],
  ],
  [
    'a template that is broken',
    '- {name: H, type: HUMAN_IN_LOOP, prompt: "a {{state.amount"}',
    ['4:45 syntax'],
  ],
  [
    'a schedule that is none',
    '- {name: C, type: CRON_SCHEDULE, cron: "61 * * * *", workflow_type: T}',
    ['4:40 wrong_cron'],
  ],
  [
    'a schedule that never comes',
    '- {name: C, type: CRON_SCHEDULE, cron: "0 0 30 2 *", workflow_type: T}',
    ['4:40 wrong_cron'],
  ],
  [
    'a schedule of seconds',
    '- {name: C, type: CRON_SCHEDULE, cron: "* * * * * *", workflow_type: T}',
    ['4:40 wrong_cron'],
  ],
  [
    'an unknown time zone',
    '- {name: C, type: CRON_SCHEDULE, cron: "0 9 * * *", time_zone: Europe/Stokholm, workflow_type: T}',
    ['4:64 unknown_time_zone'],
  ],
  ['a sub-workflow of nothing', '- {name: S, type: SUB_WORKFLOW}', ['4:3 missing_key']],
  ['an address that is none', '- {name: H, type: HTTP, url: "ftp://example.com"}', ['4:30 wrong_address']],
  [
    'a header that is two',
    '- {name: H, type: HTTP, url: "https://example.com", headers: {"A: b": c}}',
    ['4:71 wrong_header'],
  ],
  [
    'a header by which another host would be asked',
    '- {name: H, type: HTTP, url: "https://example.com", headers: {Host: other}}',
    ['4:69 wrong_header'],
  ],
  [
    'compensate on a wait',
    '- {name: W, type: WAIT, for: 1s, compensate: edge.measure_dough}',
    ['4:34 unknown_key'],
  ],
  ['compensate without a function', '- {name: Bake_Baguette, compensate: {retry: 3}}', ['4:37 missing_key']],
  ['an unknown compensation', '- {name: Bake_Baguette, compensate: edge.unbaked}', ['4:37 unknown_function']],
  [
    'compensate twice',
    '- {name: Bake_Baguette, compensate: edge.measure_dough, compensate_function: edge.measure_dough}',
    ['4:78 conflicting_keys'],
  ],
  ['a question nobody answers', '- {name: Measure_Dough, on_unknown: query}', ['4:37 cannot_query']],
  ['on_unknown without compensate', '- {name: Bake_Baguette, on_unknown: compensate}', ['4:37 missing_key']],
  [
    'a model without a threshold',
    '- {name: M, type: AI_INFERENCE, model_name: m, input_source: items, postprocessing: threshold}',
    ['4:3 missing_key'],
  ],
  ['a module without its hash', '- {name: M, type: WASM}', ['4:3 missing_key']],
  [
    'a default that is missing',
    `- {name: M, type: WASM, wasm_hash: "${'a'.repeat(64)}", fallback_on_error: default}`,
    ['4:3 missing_key'],
  ],
  [
    'a key in two places',
    '- {name: H, type: HTTP, url: "https://example.com", http_config: {url: "https://example.com"}}',
    ['4:67 conflicting_keys'],
  ],
];

describe('refuses, at its place,', () => {
  it.each(REFUSED)('%s', (_, step, problems) => {
    expect(problemsOf(`${HEAD}${step}\n- {name: Last, function: edge.lay_in_baskets}\n`)).toEqual(problems);
  });

  it('says what was probably meant', () => {
    const { problems } = loadDefinition(`${HEAD}- {name: A, function: edge.bake_bagette, nxt: END}\n`, host);
    expect(problems.map(({ message }) => message)).toEqual([
      'There is no function "edge.bake_bagette". Did you mean "edge.bake_baguette"?',
      '"nxt" is not a key of a step of type STANDARD. Did you mean "next"?',
    ]);
  });

  it('types of fields that are none', () => {
    const state = '{a: monney, b: {type: list, of: [x]}, c: {type: string, values: []}, d: 5, "e f": string}';
    expect(problemsOf(`workflow_type: T\nstate: ${state}\nsteps:\n- {name: See_If_Oven_Is_Hot}\n`)).toEqual([
      '2:12 wrong_type',
      '2:23 wrong_type',
      '2:49 wrong_type',
      '2:80 wrong_type',
      '2:83 wrong_name',
    ]);
  });

  it('a model that is not known', () => {
    const steps = 'steps:\n- {name: See_If_Oven_Is_Hot}\n';
    expect(problemsOf(`workflow_type: T\ninitial_state_model: a.PaymentSate\n${steps}`)).toEqual([
      '2:22 unknown_model',
    ]);
    expect(problemsOf(`workflow_type: T\ninitial_state_model: a.PaymentState\n${steps}`)).toEqual([]);
  });

  it('a workflow that is not known, if the host says which are', () => {
    const text = `${HEAD}- {name: S, type: SUB_WORKFLOW, workflow_type: Cofee}\n- {name: U, type: SUB_WORKFLOW, workflow_type: T}\n`;
    const { problems } = loadDefinition(text, { ...host, workflowTypes: new Set(['Coffee']) });
    expect(problems.map(({ line, column, message }) => [line, column, message])).toEqual([
      [4, 48, 'There is no workflow "Cofee": load it first. Did you mean "Coffee"?'],
    ]);
    expect(problemsOf(text)).toEqual([]);
  });
});
