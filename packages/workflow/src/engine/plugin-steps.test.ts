/** Steps that a plug-in carries out, when it does not. */
import { afterEach, describe, expect, it } from 'vitest';
import { programOf } from '../definition/testing-host.ts';
import type { CallResult, Instance } from './instance.ts';
import { LOST_MAX } from './limits.ts';
import { TestWorld } from './testing-world.ts';

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

const LATE: CallResult = { kind: 'failed', code: 'timed_out', message: 'late' };
const DAMAGED: CallResult = { kind: 'failed', code: 'model_damaged', message: 'damaged', final: true };
const SKIP = 'fallback_on_error: skip';
const DEFAULT = 'fallback_on_error: default, default_result: { score: 1 }';

/** Opens a workflow that asks a model; `keys` of that step. */
function open(keys: string, call: () => CallResult | Promise<CallResult>): TestWorld {
  const step = `{ name: Ask, type: AI_INFERENCE, model_name: m, input_source: "[state.amount]", output_key: score, ${keys} }`;
  const program = programOf(`workflow_type: T\nstate: { amount: money }\nsteps:\n- ${step}\n`);
  world = new TestWorld({ programs: [program], functions: [], call });
  return world;
}

/** What became of it, after so many calls that were answered from a list, the last for ever. */
async function after(keys: string, answers: readonly CallResult[]): Promise<[Instance, number]> {
  const list = [...answers];
  const { start, pass, get, calls, close } = open(
    keys,
    () => (list.length > 1 ? list.shift() : list[0]) ?? LATE,
  );
  const id = await start('T', { amount: '5' });
  await pass(60_000);
  await close();
  return [get(id), calls.length];
}

describe('a failure', () => {
  it('is one, or is skipped, or has a result instead, which the timeline tells', async () => {
    expect(await after('retry: 1', [LATE])).toMatchObject([
      { status: 'failed', error: { code: 'timed_out' } },
      1,
    ]);
    expect(await after(SKIP, [LATE])).toMatchObject([{ status: 'completed', state: { score: null } }, 1]);
    expect(await after(DEFAULT, [LATE])).toMatchObject([
      { status: 'completed', state: { score: { score: 1 } } },
      1,
    ]);
    expect(world?.memory.records).toContainEqual(
      expect.objectContaining({ what: 'done', detail: 'default: timed_out: late' }),
    );
  });

  it('is one while another try may do better', async () => {
    const twice = `${DEFAULT}, retry: { attempts: 2 }`;
    const answer = { score: 0.2 };
    expect(await after(twice, [LATE, { kind: 'ok', output: answer }])).toMatchObject([
      { state: { score: answer } },
      2,
    ]);
    expect(await after(twice, [LATE])).toMatchObject([{ state: { score: { score: 1 } } }, 2]);
    expect(await after(twice, [DAMAGED])).toMatchObject([{ state: { score: { score: 1 } } }, 1]);
  });

  it('ends the tries as the policy has it, and when the deadline leaves no time', async () => {
    const only = (codes: string) => `${DEFAULT}, retry: { attempts: 2, ${codes} }`;
    expect((await after(only('give_up_on: [timed_out]'), [LATE]))[1]).toBe(1);
    expect((await after(only('retry_on: [plugin_crashed]'), [LATE]))[1]).toBe(1);
    expect((await after(only('retry_on: [model_damaged]'), [DAMAGED]))[1]).toBe(2);
    const short = `${DEFAULT}, retry: { attempts: 9, initial: 10s }, deadline: 1s`;
    expect(await after(short, [LATE])).toMatchObject([{ state: { score: { score: 1 } } }, 1]);
  });

  it('stays one in a workflow that is called off', async () => {
    const never = Promise.withResolvers<CallResult>();
    const { start, order, get, pass } = open(SKIP, () => never.promise);
    const id = await start('T', { amount: '5' });
    await order({ kind: 'event', instance_id: id, event: { kind: 'cancel', by: null, reason: 'closing' } });
    never.resolve(LATE);
    await pass(0);
    expect(get(id)).toMatchObject({ status: 'cancelled', state: { amount: '5.00' } });
  });
});

describe('a call that is lost with its process', () => {
  it('is made again, though there was to be one try', async () => {
    const answers = [new Promise<never>(() => undefined), { kind: 'ok', output: { score: 0.2 } } as const];
    const { start, crash, pass, get, calls } = open(SKIP, () => answers.shift() ?? LATE);
    const id = await start('T', { amount: '5' });
    await crash();
    await pass(60_000);
    expect(get(id)).toMatchObject({ status: 'completed', state: { score: { score: 0.2 } } });
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
  });

  it('is given up when each process ends by it', async () => {
    const { start, crash, pass, get, calls } = open(
      'retry: { attempts: 1, initial: 100ms, max: 100ms }',
      () => new Promise<never>(() => undefined),
    );
    const id = await start('T', { amount: '5' });
    for (let lives = 0; lives <= LOST_MAX; lives += 1) {
      await crash();
      await pass(200);
    }
    expect(get(id)).toMatchObject({ status: 'failed', error: { code: 'unknown_outcome' } });
    expect(calls).toHaveLength(1 + LOST_MAX);
  });
});
