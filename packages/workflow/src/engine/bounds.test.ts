/** What is too much, or does not behave: each has an outcome of its own, and the store goes on. */
import { isAppError } from '@holdfast/base';
import { afterEach, describe, expect, test } from 'vitest';
import { compileDefinition } from '../definition/compile.ts';
import { END, type RetryPolicy, type Step } from '../definition/model.ts';
import type { CallResult } from './instance.ts';
import { HELD_BYTES_MAX, STATE_BYTES_MAX } from './limits.ts';
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
  ...{ description: null, on_failure: null, retry: ONCE, timeout_ms: null, deadline_ms: null },
  ...{ compensate: null, on_unknown: 'park', input: {}, output_key: null },
};
const STATE = {
  big: { type: 'string', optional: true },
  all: { type: 'json', optional: true },
} as const;
/** A list of a large field, many times over. */
const MANY = `[${Array(20).fill('state.big').join(', ')}]`;
/** A state that holds it is as large as one may be; `MANY` of it is some 5 MB. */
const BIG = 'x'.repeat(STATE_BYTES_MAX - 20);

const fn = (name: string, of: Partial<TestFunction> = {}): TestFunction => ({
  ...{ name, summary: name, effect: 'external', input: {}, output: STATE, failures: [] },
  ...of,
});
const call = { ...BASE, type: 'STANDARD', name: 'Do', function: 'x.do', next: END };

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

function open(step: object, of: Partial<WorldOptions> = {}): TestWorld {
  // Every step below is complete but for what its type does not have.
  const main = definitionOf({ workflow_type: 'main', state: STATE, steps: [step as Step] });
  const wait = { ...BASE, type: 'WAIT', name: 'W', wait: { kind: 'for', ms: 1_000 }, next: END };
  const child = definitionOf({ workflow_type: 'child', state: STATE, steps: [wait as unknown as Step] });
  world = new TestWorld({
    programs: [main, child].map((each) => compileDefinition(each)),
    functions: [fn('x.do')],
    call: () => ({ kind: 'ok', output: {} }),
    ...of,
  });
  return world;
}

describe('a state that is too large', () => {
  test('begins nothing', async () => {
    const { start, memory } = open(call);
    const refused = await start('main', { big: `${BIG}${'x'.repeat(20)}` }).catch((error: unknown) => error);
    expect(isAppError(refused, 'invalid_request')).toBe(true);
    expect(memory.rows.size).toBe(0);
    await expect(start('main', { big: BIG })).resolves.toBeDefined();
  });

  test('of a megabyte, as one function gives it, fails its step', async () => {
    const output = { big: 'x'.repeat(1_048_576) };
    const { start, get } = open(call, { call: () => ({ kind: 'ok', output }) });
    expect(get(await start('main'))).toMatchObject({
      status: 'failed',
      state: {},
      error: { code: 'state_too_large', step: 'Do' },
    });
  });

  const body = [{ ...BASE, type: 'WAIT', name: 'In', wait: { kind: 'for', ms: 1 }, next: END }];
  const of = { ...BASE, name: 'Much', next: END };
  test.each([
    ['another workflow', { ...of, type: 'SUB_WORKFLOW', workflow_type: 'child', input: { all: MANY } }],
    [
      'one that is not waited for',
      { ...of, type: 'FIRE_AND_FORGET', workflow_type: 'child', input: { all: MANY } },
    ],
    [
      'a schedule',
      {
        ...{ ...of, type: 'CRON_SCHEDULE', schedule: 's', cron: '@daily', time_zone: 'UTC' },
        ...{ workflow_type: 'child', input: { all: MANY }, missed: 'one', overlap: 'skip' },
      },
    ],
    [
      'a loop',
      {
        ...of,
        type: 'LOOP',
        mode: { kind: 'iterate', over: MANY, item: 'item' },
        max_iterations: 99,
        steps: body,
      },
    ],
    [
      'branches',
      {
        ...{ ...of, type: 'PARALLEL', merge: 'shallow', conflict: 'error', allow_partial: false },
        branches: { kind: 'each', over: MANY, item: 'item', at_once: 20, steps: body },
      },
    ],
  ])('is not made by way of %s', async (_, step) => {
    const { start, get, memory } = open(step);
    expect(get(await start('main', { big: BIG }))).toMatchObject({
      status: 'failed',
      error: { code: 'state_too_large', step: 'Much' },
    });
    expect([memory.rows.size, memory.schedules.length]).toEqual([1, 0]);
  });
});

describe('a lot of work', () => {
  const routes = Array.from({ length: 60 }, (_, index) => ({
    condition: `${'state.big == "a" or '.repeat(50)}state.big == "${index}"`,
    target: END,
  }));
  const decide = { ...BASE, type: 'DECISION', name: 'Decide', routes, default_target: END, next: END };
  const again = {
    ...{ ...BASE, type: 'LOOP', name: 'Again', mode: { kind: 'while', condition: 'true' }, next: END },
    ...{ max_iterations: 50, steps: [decide] },
  };

  test('is cut into more commits the larger the state is', async () => {
    const visitsOfFirst: number[] = [];
    for (const big of ['x', BIG]) {
      let commits = 0;
      const { start, memory } = open(again, {
        beforeCommit: (count) => {
          commits = count;
          const [row] = memory.rows.values();
          if (commits === 2 && row !== undefined) visitsOfFirst.push(JSON.parse(row).visits);
        },
      });
      const id = await start('main', { big });
      if (commits === 1) visitsOfFirst.push(memory.get(id).visits);
      expect(memory.get(id).error).toMatchObject({ code: 'too_many_iterations' });
    }
    expect(visitsOfFirst).toEqual([51, 3]);
  });
});

describe('an instance', () => {
  test('holds no more lists within lists than so many bytes', async () => {
    const over = { kind: 'each', over: 'state.all', item: 'item', at_once: 64 };
    const rest = { merge: 'shallow', conflict: 'error', allow_partial: false, type: 'PARALLEL', next: END };
    const ask = { ...BASE, ...{ type: 'WAIT', name: 'W', wait: { kind: 'for', ms: 1_000 }, next: END } };
    const inner = { ...BASE, ...rest, name: 'Inner', branches: { ...over, steps: [ask] } };
    const outer = { ...BASE, ...rest, name: 'Outer', branches: { ...over, steps: [inner] } };
    const { start, get } = open(outer);
    const id = await start('main', { all: Array(64).fill('x'.repeat(3_000)) });
    expect(get(id)).toMatchObject({ status: 'failed', error: { code: 'state_too_large' } });
    expect(JSON.stringify(get(id)).length).toBeLessThan(2 * HELD_BYTES_MAX);
  });

  test('tells of a failure in so many characters', async () => {
    const message = 'x'.repeat(100_000);
    const { start, get, memory } = open(call, { call: () => ({ kind: 'failed', code: 'no', message }) });
    expect(get(await start('main')).error?.message).toHaveLength(2_000);
    expect(JSON.stringify(memory.records).length).toBeLessThan(10_000);
  });
});

describe('a function outside', () => {
  test('that may take months is waited for as long as timers can count', async () => {
    const { start, calls } = open({ ...call, timeout_ms: 60 * 86_400_000 });
    await start('main');
    expect(calls[0]?.timeout_ms).toBe(2 ** 31 - 1);
  });

  test('that throws may have done its work, and a person is asked', async () => {
    const thrown = () => Promise.reject(new TypeError('x is not a function'));
    const { start, get } = open(call, { call: thrown });
    expect(get(await start('main'))).toMatchObject({
      status: 'parked',
      frame: { phase: { error: { code: 'unknown_outcome', message: 'x is not a function' } } },
    });
  });

  test('that hangs is waited for as long as its time-out and its grace last', async () => {
    const hangs = () => new Promise<CallResult>(() => undefined);
    const { start, get, pass } = open({ ...call, timeout_ms: 60_000 }, { call: hangs });
    const id = await start('main');
    await pass(60_000);
    expect(get(id).status).toBe('running');
    await pass(5_000);
    expect(get(id).status).toBe('parked');
  });

  test('that answers after it was given up, or once more, changes nothing', async () => {
    let answer: (result: CallResult) => void = () => undefined;
    const late = () =>
      new Promise<CallResult>((resolve) => {
        answer = resolve;
      });
    const { start, get, pass, order } = open({ ...call, timeout_ms: 1_000 }, { call: late });
    const id = await start('main');
    await pass(10_000);
    const parked = get(id);
    const result: CallResult = { kind: 'ok', output: { big: 'late' } };
    answer(result);
    await pass(0);
    await order({ kind: 'event', instance_id: id, event: { kind: 'result', visit: 1, attempt: 1, result } });
    expect({ ...get(id), updated_ms: parked.updated_ms }).toEqual(parked);
    expect(parked.status).toBe('parked');
  });
});
