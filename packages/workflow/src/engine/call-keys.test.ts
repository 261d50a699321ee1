/** The names of calls: another one for each place and round, and the same whichever branch is faster. */
import { afterEach, expect, test } from 'vitest';
import { compileDefinition } from '../definition/compile.ts';
import { END, type RetryPolicy, type Step } from '../definition/model.ts';
import type { Call } from './events.ts';
import { definitionOf, TestWorld } from './testing-world.ts';

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

function chain(...steps: readonly object[]): Step[] {
  const named = steps as { name: string }[]; // Every step below has one.
  return named.map((step, index) => ({
    ...BASE,
    next: named[index + 1]?.name ?? END,
    ...step,
  })) as unknown as Step[];
}

const call = (name: string) => ({ type: 'STANDARD', name, function: `x.${name.toLowerCase()}` });
const parallel = (name: string, branches: object) => ({
  ...{ type: 'PARALLEL', name, branches, merge: 'shallow', conflict: 'error', allow_partial: false },
});
const items = { over: 'state.items', item: 'item' };

const DEFINITION = definitionOf({
  workflow_type: 'w',
  state: { items: { type: 'list', of: { type: 'integer' } } },
  steps: chain(
    parallel('Fan', {
      kind: 'named',
      branches: [
        { name: 'left', steps: chain(call('A'), call('B')) },
        { name: 'right', steps: chain(call('C'), call('D')) },
      ],
    }),
    parallel('Side', { kind: 'each', ...items, at_once: 2, steps: chain(call('E'), call('F')) }),
    {
      ...{ type: 'LOOP', name: 'Outer', mode: { kind: 'iterate', ...items }, max_iterations: 9 },
      steps: chain({
        ...{ type: 'LOOP', name: 'Inner', mode: { kind: 'iterate', ...items }, max_iterations: 9 },
        steps: chain(call('G')),
      }),
    },
  ),
});

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

/** The keys of all calls by function, where those that `slow` names take a while. */
async function keysWith(slow: (call: Call, count: number) => boolean): Promise<Map<string, string[]>> {
  const keys = new Map<string, string[]>();
  const names = [...'abcdefg'].map((name) => `x.${name}`);
  const opened = new TestWorld({
    programs: [compileDefinition(DEFINITION)],
    functions: names.map((name) => ({
      ...{ name, summary: name, effect: 'external', input: {}, output: {}, failures: [] },
    })),
    call: async (made) => {
      const name = made.what.kind === 'function' ? made.what.function : '';
      const before = keys.get(name) ?? [];
      keys.set(name, [...before, made.key]);
      if (slow(made, before.length)) await opened.ports.timers.sleep(1_000);
      return { kind: 'ok', output: {} };
    },
  });
  world = opened;
  const id = await opened.start('w', { items: [1, 2, 3] });
  for (let second = 0; second < 30; second += 1) await opened.pass(1_000);
  expect(opened.get(id).status).toBe('completed');
  await opened.close();
  return new Map([...keys].map(([name, of]) => [name, of.toSorted()]));
}

const isOneOf =
  (...names: string[]) =>
  ({ what }: Call) =>
    what.kind === 'function' && names.includes(what.function);

test('do not depend on which branch is faster', async () => {
  const even = await keysWith(() => false);
  expect(await keysWith(isOneOf('x.a'))).toEqual(even);
  expect(await keysWith(isOneOf('x.c', 'x.f'))).toEqual(even);
  expect(await keysWith((made, count) => isOneOf('x.e')(made) && count === 0)).toEqual(even);
});

test('are others for each place and each round', async () => {
  const keys = [...(await keysWith(() => false)).values()].flat();
  expect(keys).toHaveLength(4 + 2 * 3 + 9);
  expect(new Set(keys).size).toBe(keys.length);
});
