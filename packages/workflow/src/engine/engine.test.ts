import { isAppError } from '@holdfast/base';
import { afterEach, describe, expect, test } from 'vitest';
import { compileDefinition } from '../definition/compile.ts';
import { type Definition, END, type FunctionStep, type RetryPolicy, type Step } from '../definition/model.ts';
import type { JsonObject } from '../types.ts';
import type { Call } from './events.ts';
import type { CallResult } from './instance.ts';
import { definitionOf, type TestFunction, TestWorld, type WorldOptions } from './testing-world.ts';

const ONCE: RetryPolicy = {
  attempts: 1,
  initial_ms: 1_000,
  multiplier: 2,
  max_ms: 60_000,
  jitter: 0,
  retry_on: [],
  give_up_on: [],
};
const BASE = {
  description: null,
  on_failure: null,
  retry: ONCE,
  timeout_ms: null,
  deadline_ms: null,
  compensate: null,
} as const;

/** Steps follow each other unless they say otherwise. */
function chain(...steps: readonly object[]): Step[] {
  const named = steps as { name: string }[]; // Every step below has one.
  return named.map((step, index) => ({ next: named[index + 1]?.name ?? END, ...step })) as unknown as Step[];
}

const standard = (name: string, fn: string, of: Partial<FunctionStep> = {}) => ({
  ...BASE,
  type: 'STANDARD' as const,
  name,
  function: fn,
  input: {},
  output_key: null,
  on_unknown: 'park' as const,
  ...of,
});

const STATE = {
  amount: { type: 'money', optional: true },
  log: { type: 'json', optional: true },
  count: { type: 'integer', optional: true },
  items: { type: 'list', of: { type: 'json' }, optional: true },
  code: { type: 'string', optional: true },
} as const;

/** What local functions did, in order. */
let done: string[];
let world: TestWorld | undefined;
afterEach(async () => await world?.close());

const local = (name: string, output: JsonObject = {}): TestFunction => ({
  name,
  summary: 'A local step.',
  effect: 'local',
  input: {},
  output: STATE,
  failures: [],
  run: () => {
    done.push(name);
    return output;
  },
});
const external = (name: string, of: Partial<TestFunction> = {}): TestFunction => ({
  name,
  summary: 'A call.',
  effect: 'external',
  input: {},
  output: STATE,
  failures: ['busy', 'declined'],
  ...of,
});

function open(
  definitions: readonly (Pick<Definition, 'workflow_type' | 'steps'> & Partial<Definition>)[],
  of: Partial<WorldOptions> = {},
): TestWorld {
  done = [];
  world = new TestWorld({
    programs: definitions.map((each) => compileDefinition(definitionOf({ state: STATE, ...each }))),
    functions: [],
    call: () => ({ kind: 'ok', output: {} }),
    ...of,
  });
  return world;
}

/** Answers each call of a function from a list, the last for ever. */
function answers(lists: Record<string, CallResult[]>): (call: Call) => CallResult {
  return ({ what }) => {
    const list = lists[what.kind === 'function' ? what.function : what.step] ?? [];
    return (list.length > 1 ? list.shift() : list[0]) ?? { kind: 'ok', output: {} };
  };
}
const ok = (output: JsonObject = {}): CallResult => ({ kind: 'ok', output });
const fail = (code: string): CallResult => ({ kind: 'failed', code, message: `it is ${code}` });
const unknown: CallResult = { kind: 'unknown', message: 'no answer' };

describe('local steps', () => {
  test('share one commit, and the state is what they wrote', async () => {
    const steps = chain(
      standard('A', 'f.a'),
      standard('B', 'f.b'),
      standard('C', 'f.c', { output_key: 'log' }),
    );
    let commits = 0;
    const functions = [local('f.a', { count: 1 }), local('f.b', { count: 2 }), local('f.c', { code: 'x' })];
    const { start, get, memory } = open([{ workflow_type: 'w', steps }], {
      functions,
      beforeCommit: (count) => {
        commits = count;
      },
    });
    const id = await start('w', { amount: '5' });
    expect(get(id)).toMatchObject({
      status: 'completed',
      state: { amount: '5.00', count: 2, log: { code: 'x' } },
    });
    expect([commits, done]).toEqual([1, ['f.a', 'f.b', 'f.c']]);
    expect(memory.records.map(({ step, what }) => `${step} ${what}`)).toEqual([
      'A done',
      'B done',
      'C done',
      ' ended',
    ]);
  });

  test('go where the amount says, to the cent', async () => {
    const decide = (target: string) => ({
      ...BASE,
      type: 'DECISION' as const,
      name: 'D',
      default_target: target,
    });
    const steps = chain(
      { ...decide('High'), routes: [{ condition: 'state.amount <= 50', target: 'Low' }] },
      { ...standard('Low', 'f.low'), next: END },
      standard('High', 'f.high'),
    );
    const { start } = open([{ workflow_type: 'w', steps }], { functions: [local('f.low'), local('f.high')] });
    for (const amount of ['50.00', '50.01', '0.00']) await start('w', { amount });
    expect(done).toEqual(['f.low', 'f.high', 'f.low']);
  });

  test('a missing field takes no route, and says so', async () => {
    const routes = [{ condition: 'state.count > 1', target: END }];
    const steps = chain({ ...BASE, type: 'DECISION', name: 'D', default_target: null, routes });
    const { start, get, memory } = open([{ workflow_type: 'w', steps }]);
    const id = await start('w');
    expect(get(id)).toMatchObject({ status: 'failed', error: { code: 'no_route', step: 'D' } });
    expect(memory.records.map(({ what }) => what)).toEqual(['no_value', 'failed', 'ended']);
  });
});

describe('calls', () => {
  const retry: RetryPolicy = { ...ONCE, attempts: 3, give_up_on: ['declined'] };
  const steps = chain(standard('Pay', 'x.pay', { retry }), standard('Note', 'f.note'));
  const functions = [external('x.pay'), local('f.note')];

  test('are made after their intent, with one key for all tries', async () => {
    const call = answers({ 'x.pay': [fail('busy'), fail('busy'), ok({ code: 'paid' })] });
    const { start, get, pass, calls } = open([{ workflow_type: 'w', steps }], { functions, call });
    const id = await start('w');
    expect(get(id)).toMatchObject({
      status: 'waiting',
      frame: { at: 'Pay', attempt: 1, phase: { kind: 'backoff' } },
    });
    await pass(1_000);
    await pass(1_999);
    expect(get(id).status).toBe('waiting');
    await pass(1);
    expect(get(id)).toMatchObject({ status: 'completed', state: { code: 'paid' } });
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
    expect(done).toEqual(['f.note']);
  });

  test('end with the tries, or with a code that is given up on', async () => {
    const call = answers({ 'x.pay': [fail('declined')] });
    const { start, get, calls } = open([{ workflow_type: 'w', steps }], { functions, call });
    const id = await start('w');
    expect(get(id)).toMatchObject({ status: 'failed', error: { code: 'declined', step: 'Pay' } });
    expect(calls).toHaveLength(1);
  });

  test('may go another way when they fail', async () => {
    const other = chain(
      { ...standard('Pay', 'x.pay', { on_failure: 'Cash' }), next: END },
      standard('Cash', 'f.note'),
    );
    const { start, get } = open([{ workflow_type: 'w', steps: other }], {
      functions,
      call: () => fail('declined'),
    });
    expect(get(await start('w'))).toMatchObject({ status: 'completed' });
    expect(done).toEqual(['f.note']);
  });

  test('that are not answered in time may have happened', async () => {
    const late = chain(standard('Pay', 'x.pay', { timeout_ms: 5_000, retry }));
    const call = () => new Promise<CallResult>(() => undefined);
    const { start, get, pass } = open([{ workflow_type: 'w', steps: late }], { functions, call });
    const id = await start('w');
    await pass(5_000);
    expect(get(id).status).toBe('running');
    await pass(5_000);
    expect(get(id)).toMatchObject({
      status: 'parked',
      frame: { phase: { error: { code: 'unknown_outcome' } } },
    });
  });

  test('answered twice are answered once', async () => {
    const { start, get, order } = open([{ workflow_type: 'w', steps }], { functions });
    const id = await start('w');
    const result = ok({ code: 'again' });
    await order({ kind: 'event', instance_id: id, event: { kind: 'result', visit: 1, attempt: 1, result } });
    expect(get(id).state).toEqual({});
  });

  for (const [onUnknown, canQuery, expected] of [
    ['park', false, { status: 'parked', calls: ['pay'] }],
    ['retry', false, { status: 'completed', calls: ['pay', 'pay'] }],
    ['query', true, { status: 'completed', calls: ['pay', 'query'] }],
    ['query', false, { status: 'parked', calls: ['pay'] }],
    ['compensate', false, { status: 'compensated', calls: ['pay', 'void'] }],
  ] as const) {
    test(`that a crash cut off: ${onUnknown}${canQuery ? ', and it can be asked' : ''}`, async () => {
      const made: string[] = [];
      const call = ({ what, query }: Call): Promise<CallResult> | CallResult => {
        const name = what.kind === 'function' ? what.function.slice(2) : '';
        made.push(query ? 'query' : name);
        return made.length === 1 ? new Promise(() => undefined) : ok({ code: 'paid' });
      };
      const compensate = { function: 'x.void', retry: ONCE };
      const cut = chain(standard('Pay', 'x.pay', { on_unknown: onUnknown, retry, compensate }));
      const { start, get, crash, pass } = open([{ workflow_type: 'w', steps: cut }], {
        functions: [external('x.pay', { canQuery }), external('x.void')],
        call,
      });
      const id = await start('w');
      await crash();
      await pass(10_000);
      expect([get(id).status, made]).toEqual([expected.status, expected.calls]);
    });
  }

  test('a question that says it did not happen is followed by another try', async () => {
    const made: boolean[] = [];
    const call = ({ query }: Call): CallResult => {
      made.push(query);
      if (query) return fail('not_done');
      return made.length === 1 ? unknown : ok();
    };
    const asked = chain(standard('Pay', 'x.pay', { on_unknown: 'query', retry }));
    const { start, get, pass } = open([{ workflow_type: 'w', steps: asked }], {
      functions: [external('x.pay', { canQuery: true })],
      call,
    });
    const id = await start('w');
    await pass(10_000);
    expect([get(id).status, made]).toEqual(['completed', [false, true, false]]);
  });
});

describe('the way back', () => {
  const undo = (name: string) => ({ compensate: { function: name, retry: { ...ONCE, attempts: 2 } } });
  const steps = chain(
    standard('A', 'f.a', undo('f.undo_a')),
    standard('B', 'x.b', undo('x.undo_b')),
    standard('C', 'x.c'),
  );
  const functions = [local('f.a'), local('f.undo_a'), external('x.b'), external('x.undo_b'), external('x.c')];

  test('undoes the last first', async () => {
    const call = answers({ 'x.c': [fail('declined')] });
    const { start, get, calls } = open([{ workflow_type: 'w', steps }], { functions, call });
    const id = await start('w');
    expect(get(id)).toMatchObject({
      status: 'compensated',
      error: { code: 'declined' },
      unwinding: { undone: 2 },
    });
    expect(calls.map(({ what }) => what.kind === 'function' && what.function)).toEqual([
      'x.b',
      'x.c',
      'x.undo_b',
    ]);
    expect(done).toEqual(['f.a', 'f.undo_a']);
  });

  test('tells what cannot be undone, undoes the rest, and can be tried again', async () => {
    const list = { 'x.c': [fail('declined')], 'x.undo_b': [fail('busy'), fail('busy'), ok()] };
    const { start, get, pass, order } = open([{ workflow_type: 'w', steps }], {
      functions,
      call: answers(list),
    });
    const id = await start('w');
    await pass(1_000);
    expect(get(id)).toMatchObject({
      status: 'compensation_failed',
      unwinding: { undone: 1, failed: [{ undoable: { step: 'B' }, error: { code: 'busy' } }] },
    });
    expect(done).toEqual(['f.a', 'f.undo_a']);
    await order({
      kind: 'event',
      instance_id: id,
      event: { kind: 'redrive', by: 'maria', reason: 'the acquirer answers again' },
    });
    await pass(1_000);
    expect(get(id).status).toBe('compensated');
  });

  test('begins when somebody cancels, once what is under way has ended', async () => {
    const { promise, resolve } = Promise.withResolvers<CallResult>();
    const call = ({ what }: Call) => (what.kind === 'function' && what.function === 'x.b' ? promise : ok());
    const { start, get, order, pass, calls } = open([{ workflow_type: 'w', steps }], { functions, call });
    const id = await start('w');
    await order({ kind: 'event', instance_id: id, event: { kind: 'cancel', by: 'maria', reason: 'no' } });
    resolve(ok());
    await pass(1);
    expect(get(id)).toMatchObject({ status: 'compensated', unwinding: { undone: 2 } });
    expect(calls.map(({ what }) => what.kind === 'function' && what.function)).toEqual(['x.b', 'x.undo_b']);
    expect(done).toEqual(['f.a', 'f.undo_a']);
  });
});

describe('waiting', () => {
  test('for a time survives a crash, and ends once', async () => {
    const steps = chain(
      { ...BASE, type: 'WAIT', name: 'W', wait: { kind: 'for', ms: 60_000 } },
      standard('A', 'f.a'),
    );
    const { start, get, pass, crash, ports } = open([{ workflow_type: 'w', steps }], {
      functions: [local('f.a')],
    });
    const id = await start('w');
    await pass(30_000);
    await crash();
    await pass(29_999);
    expect(get(id).status).toBe('waiting');
    await pass(1);
    expect(get(id).status).toBe('completed');
    ports.jumpWallClock(-3_600_000);
    await pass(7_200_000);
    expect(done).toEqual(['f.a']);
  });

  const human = (of: object = {}) => ({
    ...BASE,
    type: 'HUMAN_IN_LOOP',
    name: 'Ask',
    signal: 'approve',
    prompt: null,
    role: 'manager',
    fields: { code: { type: 'string' } },
    output_key: null,
    wait_ms: 60_000,
    on_timeout: null,
    ...of,
  });
  const signal = (of: object = {}) => ({
    kind: 'event' as const,
    event: {
      kind: 'signal' as const,
      signal: 'approve',
      payload: { code: 'yes' },
      by: 'maria',
      roles: ['manager'],
      ...of,
    },
  });

  test('for a person takes what fits, from who may', async () => {
    const { start, get, order } = open([{ workflow_type: 'w', steps: chain(human()) }]);
    const id = await start('w');
    const refused = async (of: object) =>
      await order({ instance_id: id, ...signal(of) }).catch((error: unknown) => error);
    expect(isAppError(await refused({ roles: ['cashier'] }), 'forbidden')).toBe(true);
    expect(isAppError(await refused({ payload: { code: 7 } }), 'invalid_request')).toBe(true);
    expect(isAppError(await refused({ signal: 'deny' }), 'invalid_request')).toBe(true);
    await order({ instance_id: id, ...signal() });
    expect(get(id)).toMatchObject({ status: 'completed', state: { code: 'yes' } });
  });

  test('for a person ends where it says when nobody comes', async () => {
    const steps = chain({ ...human({ on_timeout: 'Late' }), next: END }, standard('Late', 'f.late'));
    const { start, get, pass } = open([{ workflow_type: 'w', steps }], { functions: [local('f.late')] });
    const id = await start('w');
    await pass(60_000);
    expect([get(id).status, done]).toEqual(['completed', ['f.late']]);
  });

  test('takes a signal that came early', async () => {
    const first = { ...BASE, type: 'WAIT', name: 'W', wait: { kind: 'for', ms: 1_000 } };
    const { start, get, order, pass } = open([{ workflow_type: 'w', steps: chain(first, human()) }]);
    const id = await start('w');
    await order({ instance_id: id, ...signal() });
    await pass(1_000);
    expect(get(id)).toMatchObject({ status: 'completed', state: { code: 'yes' } });
  });
});

describe('branches', () => {
  const parallel = (of: object) => ({
    ...BASE,
    type: 'PARALLEL',
    name: 'Fan',
    merge: 'shallow',
    conflict: 'error',
    allow_partial: false,
    branches: {
      kind: 'named',
      branches: [
        {
          name: 'left',
          steps: chain(standard('L', 'x.left', { compensate: { function: 'f.undo', retry: ONCE } })),
        },
        { name: 'right', steps: chain(standard('R', 'x.right'), standard('R2', 'x.more')) },
      ],
    },
    ...of,
  });
  const functions = [external('x.left'), external('x.right'), external('x.more'), local('f.undo')];

  test('run side by side and come together', async () => {
    const call = answers({ 'x.left': [ok({ count: 1 })], 'x.right': [ok({ code: 'r' })] });
    const { start, get } = open([{ workflow_type: 'w', steps: chain(parallel({})) }], { functions, call });
    expect(get(await start('w'))).toMatchObject({ status: 'completed', state: { count: 1, code: 'r' } });
  });

  test('that wrote the same field are a failure unless a rule says which', async () => {
    const call = answers({ 'x.left': [ok({ count: 1 })], 'x.right': [ok({ count: 2 })] });
    for (const [of, expected] of [
      [{}, { status: 'compensated', error: { code: 'merge_conflict' } }],
      [{ conflict: 'first' }, { state: { count: 1 } }],
      [{ conflict: 'last' }, { state: { count: 2 } }],
      [{ merge: 'append' }, { state: { count: [1, 2] } }],
    ] as const) {
      const { start, get, close } = open([{ workflow_type: 'w', steps: chain(parallel(of)) }], {
        functions,
        call,
      });
      expect(get(await start('w'))).toMatchObject(expected);
      await close();
    }
  });

  test('stop when one fails: what was called is waited for and undone, nothing more is begun', async () => {
    const { promise, resolve } = Promise.withResolvers<CallResult>();
    const call = ({ what }: Call) => {
      const name = what.kind === 'function' ? what.function : '';
      return name === 'x.left' ? promise : fail('declined');
    };
    const { start, get, calls, pass } = open([{ workflow_type: 'w', steps: chain(parallel({})) }], {
      functions,
      call,
    });
    const id = await start('w');
    resolve(ok());
    await pass(1);
    expect(get(id)).toMatchObject({
      status: 'compensated',
      error: { code: 'declined', step: 'Fan/right/R' },
    });
    expect(calls).toHaveLength(2);
    expect(done).toEqual(['f.undo']);
  });

  test('over a list: so many at once, and all of them', async () => {
    let most = 0;
    let now = 0;
    const call = async (): Promise<CallResult> => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      return ok({ code: 'x' });
    };
    const branches = {
      kind: 'each',
      over: 'state.items',
      item: 'item',
      at_once: 3,
      steps: chain(standard('L', 'x.left')),
    };
    const steps = chain(parallel({ branches, merge: 'append' }));
    const { start, get } = open([{ workflow_type: 'w', steps }], { functions, call });
    const id = await start('w', { items: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(get(id)).toMatchObject({ status: 'completed', state: { code: Array(8).fill('x') } });
    expect(most).toBeLessThanOrEqual(3);
  });
});

describe('loops', () => {
  const loop = (of: object) => ({
    ...BASE,
    type: 'LOOP',
    name: 'Each',
    max_iterations: 10,
    steps: chain(standard('A', 'f.add')),
    ...of,
  });
  const add: TestFunction = {
    ...local('f.add'),
    input: { count: { type: 'integer', optional: true } },
    run: ({ count }) => ({ count: Number(count ?? 0) + 1 }),
  };

  test('over a list, while a condition holds, and never more often than they say', async () => {
    const over = loop({ mode: { kind: 'iterate', over: 'state.items', item: 'item' } });
    const during = loop({ mode: { kind: 'while', condition: 'state.count < 7' } });
    const forever = loop({ mode: { kind: 'while', condition: 'state.count >= 0' } });
    const programs = [
      { workflow_type: 'over', steps: chain(over) },
      { workflow_type: 'during', steps: chain(during) },
      { workflow_type: 'forever', steps: chain(forever) },
    ];
    const { start, get } = open(programs, { functions: [add] });
    expect(get(await start('over', { items: ['a', 'b', 'c'] }))).toMatchObject({ state: { count: 3 } });
    expect(get(await start('during', { count: 0 }))).toMatchObject({
      status: 'completed',
      state: { count: 7 },
    });
    const id = await start('forever', { count: 0 });
    expect(get(id)).toMatchObject({
      status: 'failed',
      error: { code: 'too_many_iterations' },
      state: { count: 10 },
    });
  });

  test('that are long are cut into commits, and end at the limit of steps', async () => {
    const long = loop({ mode: { kind: 'while', condition: 'state.count >= 0' }, max_iterations: 1_000_000 });
    let commits = 0;
    const { start, get, pass } = open([{ workflow_type: 'w', steps: chain(long) }], {
      functions: [add],
      beforeCommit: (count) => {
        commits = count;
      },
    });
    const id = await start('w', { count: 0 });
    await pass(10);
    expect(get(id)).toMatchObject({ status: 'failed', error: { code: 'too_many_steps' } });
    expect(commits).toBeGreaterThan(40);
  });

  test('a state that grows for ever ends the workflow', async () => {
    const grow: TestFunction = {
      ...local('f.add'),
      input: { log: { type: 'json', optional: true } },
      run: ({ log }) => ({ log: `${String(log ?? '')}${'x'.repeat(20_000)}` }),
    };
    const long = loop({ mode: { kind: 'while', condition: 'state.count >= 0' }, max_iterations: 1_000 });
    const { start, get, pass } = open([{ workflow_type: 'w', steps: chain(long) }], { functions: [grow] });
    const id = await start('w', { count: 0 });
    await pass(10);
    expect(get(id)).toMatchObject({ status: 'failed', error: { code: 'state_too_large', step: 'Each/A' } });
  });
});

describe('other workflows', () => {
  const sub = (of: object = {}) => ({
    ...BASE,
    type: 'SUB_WORKFLOW',
    name: 'Sub',
    workflow_type: 'child',
    input: { count: '40 + 2' },
    output_key: 'log',
    ...of,
  });

  test('are waited for, and give their state', async () => {
    const child = chain(standard('X', 'x.pay', { output_key: null }));
    const programs = [
      { workflow_type: 'parent', steps: chain(sub(), standard('A', 'f.a')) },
      { workflow_type: 'child', steps: child },
    ];
    const { start, get } = open(programs, {
      functions: [external('x.pay'), local('f.a')],
      call: () => ok({ code: 'paid' }),
    });
    expect(get(await start('parent'))).toMatchObject({
      status: 'completed',
      state: { log: { count: 42, code: 'paid' } },
    });
    expect(done).toEqual(['f.a']);
  });

  test('end when the one that waits for them is cancelled', async () => {
    const wait = { ...BASE, type: 'WAIT', name: 'W', wait: { kind: 'for', ms: 60_000 } };
    const programs = [
      { workflow_type: 'parent', steps: chain(sub()) },
      { workflow_type: 'child', steps: chain(wait) },
    ];
    const { start, get, order, memory } = open(programs);
    const id = await start('parent');
    await order({ kind: 'event', instance_id: id, event: { kind: 'cancel', by: null, reason: 'closing' } });
    expect([...memory.rows.keys()].map((each) => get(each).status)).toEqual(['cancelled', 'cancelled']);
  });

  test('that start themselves end at the depth', async () => {
    const { start, memory, get } = open([{ workflow_type: 'child', steps: chain(sub()) }]);
    await start('child');
    expect([...memory.rows.keys()].map((each) => get(each).status)).toEqual(Array(9).fill('failed'));
  });
});

describe('a start', () => {
  test('that is repeated is the same instance', async () => {
    const { start } = open([{ workflow_type: 'w', steps: chain(standard('A', 'f.a')) }], {
      functions: [local('f.a')],
    });
    const first = await start('w', { count: 1 }, 'order-7');
    expect(await start('w', { count: 1 }, 'order-7')).toBe(first);
    const other = await start('w', { count: 2 }, 'order-7').catch((error: unknown) => error);
    expect(isAppError(other, 'idempotency_key_reused')).toBe(true);
    expect(done).toEqual(['f.a']);
  });

  test('that gives what the workflow does not know is refused', async () => {
    const { start } = open([{ workflow_type: 'w', steps: chain(standard('A', 'f.a')) }], {
      functions: [local('f.a')],
    });
    for (const input of [{ amount: '1.001' }, { other: 1 }, { count: 'x' }] as JsonObject[]) {
      const refused = await start('w', input).catch((error: unknown) => error);
      expect(isAppError(refused, 'invalid_request')).toBe(true);
    }
  });
});
