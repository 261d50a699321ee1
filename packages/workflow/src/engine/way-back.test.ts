/** What people and programs do to an instance that goes on, or back, meanwhile. */
import { isAppError } from '@holdfast/base';
import { afterEach, expect, test } from 'vitest';
import type { JsonObject } from '../types.ts';
import type { Call } from './events.ts';
import type { CallResult } from './instance.ts';
import type { TestWorld } from './testing-world.ts';
import { calleeOf, openYaml, outside } from './testing-yaml.ts';

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

const FUNCTIONS = ['x.one', 'x.undo_one', 'x.fail'].map((name) => outside(name));

function open(steps: string, call: (call: Call) => CallResult | Promise<CallResult>): TestWorld {
  world = openYaml([`workflow_type: W\nstate: {}\nsteps:\n${steps}`], { functions: FUNCTIONS, call });
  return world;
}

const OK: CallResult = { kind: 'ok', output: {} };
const NO: CallResult = { kind: 'failed', code: 'no', message: 'no' };

test('no step is skipped on it', async () => {
  const opened = open(
    `  - { name: One, function: x.one, compensate: x.undo_one }
  - name: Fan
    type: PARALLEL
    branches:
      - { name: a, steps: [{ name: Long, type: WAIT, for: 1d, next: END }] }
      - { name: b, steps: [{ name: Fail, function: x.fail }] }
`,
    (call) =>
      calleeOf(call) === 'x.undo_one' ? new Promise(() => undefined) : calleeOf(call) === 'x.one' ? OK : NO,
  );
  const instance_id = await opened.start('W');
  expect(opened.get(instance_id).status).toBe('compensating');
  const event = { kind: 'skip', step: 'Fan/a/Long', output: {}, by: null, reason: 'why not' } as const;
  const refused = await opened.order({ kind: 'event', instance_id, event }).catch((error: unknown) => error);
  expect(isAppError(refused, 'workflow_conflict')).toBe(true);
});

test('what undoes a step keeps its name when it is tried again by somebody', async () => {
  let isDead = true;
  const opened = open(
    `  - name: One
    function: x.one
    compensate: { function: x.undo_one, retry: 2 }
  - { name: Fail, function: x.fail }
`,
    (call) => {
      if (calleeOf(call) === 'x.one') return OK;
      if (calleeOf(call) === 'x.fail') return NO;
      return isDead ? { kind: 'unknown', message: 'the line is dead' } : OK;
    },
  );
  const instance_id = await opened.start('W');
  await opened.pass(10_000);
  expect(opened.get(instance_id).status).toBe('compensation_failed');
  isDead = false;
  const event = { kind: 'redrive', by: null, reason: 'the line is back' } as const;
  await opened.order({ kind: 'event', instance_id, event });
  expect(opened.get(instance_id).status).toBe('compensated');
  const undoing = opened.calls.filter((call) => calleeOf(call) === 'x.undo_one');
  expect(undoing).toHaveLength(3);
  expect(new Set(undoing.map(({ key }) => key)).size).toBe(1);
});

test('a call that has to wait for others is not made any more once it is called off', async () => {
  const opened = open(
    '  - { name: One, function: x.one, compensate: x.undo_one }\n',
    () => new Promise(() => undefined),
  );
  const ids: string[] = [];
  for (let count = 0; count < 257; count += 1) ids.push(await opened.start('W'));
  expect(opened.calls).toHaveLength(256);
  const instance_id = ids.at(-1) ?? '';
  const event = { kind: 'cancel', by: null, reason: 'enough' } as const;
  await opened.order({ kind: 'event', instance_id, event });
  expect(opened.get(instance_id).status).toBe('cancelled');
  expect(opened.calls).toHaveLength(256);
});

test('what a step is said to have answered fits the fields of that name', async () => {
  world = openYaml(
    ['workflow_type: W\nstate: { amount: money }\nsteps:\n  - { name: Long, type: WAIT, for: 1d }\n'],
    { functions: [], call: () => OK },
  );
  const instance_id = await world.start('W', { amount: '1.00' });
  const skip = async (output: JsonObject) => {
    const event = { kind: 'skip', step: 'Long', output, by: null, reason: 'seen' } as const;
    return await world?.order({ kind: 'event', instance_id, event }).catch((error: unknown) => error);
  };
  for (const output of [{ amount: '1.001' }, { amount: true }, { other: 1 }])
    expect(isAppError(await skip(output), 'invalid_request')).toBe(true);
  await skip({ amount: 2.5 });
  expect(world.get(instance_id)).toMatchObject({ status: 'completed', state: { amount: '2.50' } });
});
