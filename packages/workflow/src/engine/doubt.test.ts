/** Calls of which nobody knows, or which did what they should and answered what they should not: they are undone. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Call } from './events.ts';
import type { CallResult } from './instance.ts';
import type { TestWorld } from './testing-world.ts';
import { calleeOf, openYaml, outside } from './testing-yaml.ts';

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

const FUNCTIONS = [
  outside('x.charge', { output: { receipt: { type: 'string' } }, canQuery: true }),
  outside('x.void'),
  outside('x.fail'),
];

function open(
  charge: string,
  answers: (call: Call, count: number) => CallResult | Promise<CallResult>,
): TestWorld {
  const counts = new Map<string, number>();
  world = openYaml(
    [
      `workflow_type: W
state: {}
steps:
  - { name: Charge, function: x.charge, compensate: x.void, ${charge} }
  - { name: Fail, function: x.fail }
`,
    ],
    {
      functions: FUNCTIONS,
      call: (call) => {
        const name = calleeOf(call);
        const count = counts.get(name) ?? 0;
        counts.set(name, count + 1);
        if (name === 'x.void') return { kind: 'ok', output: {} };
        return answers(call, count);
      },
    },
  );
  return world;
}

const UNKNOWN: CallResult = { kind: 'unknown', message: 'the line is dead' };
const NEVER: CallResult = { kind: 'unknown', message: 'nobody remembers', final: true };
const BUSY: CallResult = { kind: 'failed', code: 'busy', message: 'busy' };
const callees = ({ calls }: TestWorld) => calls.map(calleeOf);
const cancel = { kind: 'cancel', by: null, reason: 'enough' } as const;

test('what nobody will ever be able to say is asked once, and left to a person', async () => {
  const opened = open('on_unknown: query', (call) => (call.query ? NEVER : UNKNOWN));
  const id = await opened.start('W');
  expect(callees(opened)).toEqual(['x.charge', 'x.charge']);
  expect(opened.get(id).status).toBe('parked');
});

describe('what may have happened is undone', () => {
  test('when it is cancelled while it waits for another try', async () => {
    const opened = open('on_unknown: retry, retry: 3', () => UNKNOWN);
    const id = await opened.start('W');
    await opened.order({ kind: 'event', instance_id: id, event: cancel });
    expect(callees(opened)).toEqual(['x.charge', 'x.void']);
    expect(opened.get(id).status).toBe('compensated');
  });

  test('when it is cancelled while the call is under way', async () => {
    const opened = open('on_unknown: retry, retry: 3', () => new Promise(() => undefined));
    const id = await opened.start('W');
    await opened.order({ kind: 'event', instance_id: id, event: cancel });
    await opened.pass(10_000);
    expect(callees(opened)).toEqual(['x.charge', 'x.void']);
    expect(opened.get(id).status).toBe('compensated');
  });

  test('when it is cancelled while what became of it is to be asked again', async () => {
    const opened = open('on_unknown: query', () => UNKNOWN);
    const id = await opened.start('W');
    await opened.order({ kind: 'event', instance_id: id, event: cancel });
    await opened.pass(10_000);
    expect(callees(opened).at(-1)).toBe('x.void');
    expect(opened.get(id).status).toBe('compensated');
  });

  test('when a later try fails', async () => {
    const opened = open('on_unknown: retry, retry: 2', (_, count) => (count === 0 ? UNKNOWN : BUSY));
    const id = await opened.start('W');
    await opened.pass(10_000);
    expect(callees(opened)).toEqual(['x.charge', 'x.charge', 'x.void']);
    // Whoever undoes it may look for the call of which nobody knows.
    const [charge, , undo] = opened.calls;
    expect([charge?.undoes, undo?.undoes]).toEqual([null, charge?.key]);
    expect(opened.get(id).status).toBe('compensated');
  });

  test('but not when the question what became of it said that it did not', async () => {
    const opened = open('on_unknown: query, retry: 2', (call, count) => {
      if (call.query) return { kind: 'failed', code: 'not_done', message: 'no' };
      return count === 0 ? UNKNOWN : BUSY;
    });
    const id = await opened.start('W');
    await opened.pass(60_000);
    expect(callees(opened)).not.toContain('x.void');
    expect(opened.get(id).status).toBe('failed');
  });
});

describe('what happened is undone, though its answer is of no use', () => {
  test('because it is none that the function gives', async () => {
    const opened = open('', () => ({ kind: 'ok', output: { receipt: 7 } }));
    const id = await opened.start('W');
    expect(callees(opened)).toEqual(['x.charge', 'x.void']);
    expect(opened.get(id)).toMatchObject({ status: 'compensated', error: { code: 'bad_output' } });
  });

  test('because the state has no room for it', async () => {
    const opened = open('', () => ({ kind: 'ok', output: { receipt: 'x'.repeat(300_000) } }));
    const id = await opened.start('W');
    expect(callees(opened)).toEqual(['x.charge', 'x.void']);
    expect(opened.get(id)).toMatchObject({ status: 'compensated', error: { code: 'state_too_large' } });
  });
});
