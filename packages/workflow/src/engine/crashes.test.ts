/** A workflow with a step of each type is killed before and after each of its commits, and always ends the same. */
import { afterEach, expect, test } from 'vitest';
import { compileDefinition } from '../definition/compile.ts';
import { type Definition, END, type RetryPolicy, type Step } from '../definition/model.ts';
import type { Json } from '../types.ts';
import type { Call } from './events.ts';
import type { CallResult } from './instance.ts';
import { definitionOf, type TestFunction, TestWorld } from './testing-world.ts';

const RETRY: RetryPolicy = {
  attempts: 5,
  initial_ms: 100,
  multiplier: 1,
  max_ms: 100,
  jitter: 0,
  retry_on: [],
  give_up_on: [],
};
const BASE = {
  description: null,
  on_failure: null,
  retry: RETRY,
  timeout_ms: null,
  deadline_ms: null,
  compensate: null,
  on_unknown: 'retry',
} as const;

function chain(...steps: readonly object[]): Step[] {
  const named = steps as { name: string }[]; // Every step below has one.
  return named.map((step, index) => ({
    ...BASE,
    next: named[index + 1]?.name ?? END,
    ...step,
  })) as unknown as Step[];
}

const fn = (name: string, of: string) => ({
  type: 'STANDARD',
  name,
  function: of,
  input: {},
  output_key: null,
});

const ALL: Definition = definitionOf({
  workflow_type: 'all',
  state: {
    amount: { type: 'money' },
    items: { type: 'list', of: { type: 'string' } },
    count: { type: 'integer', optional: true },
    approved: { type: 'boolean', optional: true },
    http: { type: 'json', optional: true },
    score: { type: 'json', optional: true },
    wasm: { type: 'json', optional: true },
    child: { type: 'json', optional: true },
    left: { type: 'string', optional: true },
    right: { type: 'string', optional: true },
  },
  steps: chain(
    fn('Count', 'f.count'),
    {
      type: 'DECISION',
      name: 'Check',
      routes: [{ condition: 'state.amount > 50', target: 'Call' }],
      default_target: END,
    },
    {
      type: 'HTTP',
      name: 'Call',
      method: 'POST',
      url: 'https://example.com/',
      headers: {},
      query: {},
      body: null,
      output_key: 'http',
      includes: ['body'],
    },
    {
      type: 'PARALLEL',
      name: 'Fan',
      merge: 'shallow',
      conflict: 'error',
      allow_partial: false,
      branches: {
        kind: 'named',
        branches: [
          { name: 'a', steps: chain(fn('Left', 'x.left')) },
          { name: 'b', steps: chain(fn('Right', 'x.right'), fn('Seen', 'f.pure')) },
        ],
      },
    },
    {
      type: 'LOOP',
      name: 'Each',
      mode: { kind: 'iterate', over: 'state.items', item: 'item' },
      max_iterations: 9,
      steps: chain(fn('Item', 'x.item'), fn('Add', 'f.count')),
    },
    { type: 'WAIT', name: 'Pause', wait: { kind: 'for', ms: 5_000 } },
    {
      type: 'HUMAN_IN_LOOP',
      name: 'Ask',
      signal: 'approve',
      prompt: null,
      role: null,
      fields: { approved: { type: 'boolean' } },
      output_key: null,
      wait_ms: null,
      on_timeout: null,
    },
    { type: 'SUB_WORKFLOW', name: 'Sub', workflow_type: 'child', input: {}, output_key: 'child' },
    { type: 'FIRE_AND_FORGET', name: 'Tell', workflow_type: 'child', input: {}, output_key: null },
    {
      type: 'CRON_SCHEDULE',
      name: 'Nightly',
      schedule: 'close',
      cron: '0 3 * * *',
      time_zone: 'Europe/Stockholm',
      workflow_type: 'child',
      input: {},
      missed: 'one',
      overlap: 'skip',
    },
    {
      type: 'AI_INFERENCE',
      name: 'Score',
      model: 'risk',
      runtime: 'onnx',
      input: 'state.amount',
      preprocess: 'none',
      postprocess: 'none',
      threshold: null,
      output_key: 'score',
      on_error: 'fail',
      default_result: null,
    },
    {
      type: 'WASM',
      name: 'Rule',
      module: 'a'.repeat(64),
      entrypoint: 'run',
      input: {},
      output_key: 'wasm',
      on_error: 'fail',
      default_result: null,
    },
  ),
});
const CHILD = definitionOf({ workflow_type: 'child', steps: chain(fn('Do', 'x.child')) });

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

/** The outside: it does a thing once for each key, and answers a repeat with what it did. */
function createOutside() {
  const done = new Map<string, string>();
  return {
    done,
    call: ({ key, what }: Call): CallResult => {
      const name = what.kind === 'function' ? what.function : what.step;
      done.set(key, name);
      const output: Json = what.kind === 'step' ? { is: name } : (OUTPUTS[name] ?? {});
      return { kind: 'ok', output };
    },
  };
}
const OUTPUTS: Record<string, Json> = { 'x.left': { left: 'l' }, 'x.right': { right: 'r' } };

const spec = (name: string, effect: TestFunction['effect'], run?: TestFunction['run']): TestFunction => ({
  name,
  summary: name,
  effect,
  input: name === 'f.count' ? { count: { type: 'integer', optional: true } } : {},
  output: {
    count: { type: 'integer', optional: true },
    left: { type: 'string', optional: true },
    right: { type: 'string', optional: true },
  },
  failures: [],
  ...(run && { run }),
});

/** Runs the workflow; the process ends at the commit `at`, before it is durable or just after. */
async function runKilled(at: number | null, isDurable: boolean) {
  const outside = createOutside();
  let commits = 0;
  let isKilled = false;
  const opened = new TestWorld({
    programs: [ALL, CHILD].map((definition) => compileDefinition(definition)),
    functions: [
      spec('f.count', 'local', ({ count }) => ({ count: Number(count ?? 0) + 1 })),
      spec('f.pure', 'pure', () => ({})),
      ...['x.left', 'x.right', 'x.item', 'x.child'].map((name) => spec(name, 'external')),
    ],
    call: outside.call,
    beforeCommit: () => {
      commits += 1;
      isKilled ||= commits === at;
      if (commits === at && !isDurable) throw new Error('killed');
    },
  });
  world = opened;
  const start = () =>
    opened.start('all', { amount: '60', items: ['a', 'b'] }, 'sale-1').catch(() => undefined);
  await start();
  for (let turn = 0; turn < 60; turn += 1) {
    if (isKilled) {
      isKilled = false;
      await opened.crash();
      await start();
    }
    const [id] = opened.memory.rows.keys();
    if (id !== undefined && opened.get(id).frame.phase.kind === 'signal') {
      const event = {
        kind: 'signal',
        signal: 'approve',
        payload: { approved: true },
        by: null,
        roles: null,
      } as const;
      await opened.order({ kind: 'event', instance_id: id, event }).catch(() => undefined);
    }
    await opened.pass(1_000);
  }
  const all = [...opened.memory.rows.keys()].map((id) => opened.get(id));
  const [main] = all;
  await opened.close();
  return {
    commits,
    ended: all.map(({ workflow_type, status }) => `${workflow_type} ${status}`).sort(),
    state: main?.state,
    effects: [...outside.done.values()].sort(),
    schedules: new Set(opened.memory.schedules.map(({ schedule }) => schedule)).size,
  };
}

test('killed at every commit it ends the same, and each effect is there once', async () => {
  const { commits, ...whole } = await runKilled(null, true);
  expect(whole).toMatchObject({
    ended: ['all completed', 'child completed', 'child completed'],
    state: { amount: '60.00', count: 3, left: 'l', right: 'r', approved: true, wasm: { is: 'Rule' } },
    effects: ['Call', 'Rule', 'Score', 'x.child', 'x.child', 'x.item', 'x.item', 'x.left', 'x.right'],
    schedules: 1,
  });
  expect(commits).toBeGreaterThan(12);
  for (let at = 1; at <= commits; at += 1) {
    for (const isDurable of [true, false]) {
      const { commits: _, ...killed } = await runKilled(at, isDurable);
      expect(killed, `killed ${isDurable ? 'after' : 'before'} commit ${at}`).toEqual(whole);
    }
  }
}, 120_000);
