/** Backup, restore, a new key and a lost store, as typed: real processes, and real kills in the middle. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { createEdgeClient, type EdgeClient, fetchTransport } from '@holdfast/client';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, killHard, startHoldfast, type TestRun } from '../dev/testing.ts';

let data: string;
const runs: TestRun[] = [];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'holdfast-recovery-'));
});
afterEach(async () => {
  for (const run of runs.splice(0)) killHard(run.pid);
  await rm(data, { recursive: true, force: true });
});

/** Compiled modules, kept between the processes. */
const CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-recovery-compiled') };
afterAll(() => rm(CACHE.NODE_COMPILE_CACHE, { recursive: true, force: true }));

const FLAGS = () => ['--data', data, '--reserve-bytes', '65536', '--log-level', 'error'];

/** Runs a command to its end. */
async function run(words: string[], env: Record<string, string> = {}) {
  const started = startHoldfast([...words, ...FLAGS(), '--json'], { ...CACHE, ...env });
  runs.push(started);
  const { code } = await started.ended;
  return { code, answer: JSON.parse(started.stdout()) };
}

/** What an edge that does not start says. */
async function refusal(words: string[]): Promise<string> {
  const started = startHoldfast([...words, ...FLAGS()], CACHE);
  runs.push(started);
  expect((await started.ended).code).toBe(1);
  return started.stderr();
}

/** Starts a command and kills it after `afterMs`; says whether it had ended before. */
async function runAndKill(words: string[], afterMs: number): Promise<'killed' | 'ended'> {
  const started = startHoldfast([...words, ...FLAGS(), '--json'], CACHE);
  runs.push(started);
  const timer = systemPorts.timers.sleep(afterMs).then(() => killHard(started.pid));
  const { signal } = await started.ended;
  await timer;
  return signal === 'SIGKILL' ? 'killed' : 'ended';
}

async function start(env: Record<string, string> = {}): Promise<{ edge: EdgeClient; kill(): Promise<void> }> {
  const started = startHoldfast(['edge', 'start', ...FLAGS(), '--port', '0', '--json'], { ...CACHE, ...env });
  runs.push(started);
  const line = await eventually(() => {
    if (started.child.exitCode !== null) throw new Error(started.stderr());
    return started.stdout().includes('\n') ? started.stdout() : undefined;
  });
  const { url } = JSON.parse(line);
  const token = readFileSync(join(data, 'api-token'), 'utf8').trim();
  return {
    edge: createEdgeClient({ baseUrl: url, token, transport: fetchTransport }),
    async kill() {
      killHard(started.pid);
      await started.ended;
    },
  };
}

const SALE = { cashier_id: 'astrid', items: [{ sku: 's', name: 'n', quantity: 1, unit_price: '1.00' }] };

async function sell(edge: EdgeClient, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await edge.sell(SALE, uuidV7(systemPorts));
}

/** Sales that the edge finds at a start. */
async function found(env: Record<string, string> = {}): Promise<number> {
  const { edge, kill } = await start(env);
  const { transactions } = await edge.transactions({ limit: 1000 });
  await kill();
  return transactions.length;
}

describe('an edge', () => {
  test('is backed up while it runs, and restored after it was killed', async () => {
    expect((await run(['init'])).code).toBe(0);
    const { edge, kill } = await start();
    await sell(edge, 5);
    const made = await run(['edge', 'backup']);
    expect([made.code, made.answer.transactions, made.answer.entries]).toEqual([0, 5, 5]);
    await sell(edge, 2);
    const running = await run(['edge', 'restore', made.answer.file]);
    expect([running.code, running.answer.error.code]).toEqual([1, 'data_folder_in_use']);
    await kill();
    const restored = await run(['edge', 'restore', made.answer.file]);
    expect([restored.code, restored.answer.transactions]).toEqual([0, 5]);
    expect(readdirSync(restored.answer.aside)).toContain('edge.db');
    expect(await found()).toBe(5);
    const list = await run(['edge', 'backup', '--list']);
    expect(list.answer.backups.map((backup: { file: string }) => backup.file)).toEqual([made.answer.file]);
  });

  test('whose store is lost starts again only by a restore, or by giving it up', async () => {
    await run(['init']);
    const { edge, kill } = await start();
    await sell(edge, 3);
    const { answer } = await run(['edge', 'backup']);
    await kill();
    for (const name of readdirSync(data).filter((file) => file.startsWith('edge.db')))
      rmSync(join(data, name));
    const why = await refusal(['start', '--port', '0', '--create']);
    expect(why).toContain('store_missing');
    expect(why).toContain('holdfast init --replace-lost-store');
    expect((await run(['init'])).code).toBe(1);
    expect((await run(['edge', 'restore', answer.file])).code).toBe(0);
    expect(await found()).toBe(3);
    rmSync(join(data, 'edge.db'));
    const given = await run(['init', '--replace-lost-store']);
    expect([given.code, readdirSync(given.answer.aside)]).toEqual([0, expect.arrayContaining(['sentinel'])]);
    expect(await found()).toBe(0);
  });

  test('starts again after a restore and a change of key that were killed at any moment', async () => {
    await run(['init']);
    const { edge, kill } = await start();
    await Promise.all(Array.from({ length: 20 }, () => sell(edge, 20)));
    const { answer } = await run(['edge', 'backup']);
    await sell(edge, 1);
    await kill();
    const full = await systemTime(() => run(['edge', 'rekey', '--keep-old-key', join(data, 'old.key')]));
    const ends = new Set<string>();
    for (const part of [0.6, 0.75, 0.85, 0.95, 1.05]) {
      ends.add(await runAndKill(['edge', 'rekey'], full * part));
      expect([part, await found()]).toEqual([part, 401]);
    }
    const restoring = ['edge', 'restore', answer.file, '--backup-key', join(data, 'old.key')];
    for (const part of [0.6, 0.75, 0.9, 1.05]) {
      ends.add(await runAndKill(restoring, full * part));
      expect([400, 401]).toContain(await found());
    }
    expect((await run(restoring)).code).toBe(0);
    expect(await found()).toBe(400);
    expect(ends).toContain('killed');
    expect(readdirSync(data).filter((name) => /next|swap|rekeyed/.test(name))).toEqual([]);
  }, 120_000);

  test('takes a new key and a passphrase from the environment', async () => {
    await run(['init']);
    const none = await run(['edge', 'rekey', '--passphrase-from', 'NEW']);
    expect([none.code, none.answer.error.code]).toEqual([2, 'usage']);
    expect((await run(['edge', 'rekey', '--passphrase-from', 'NEW'], { NEW: 'horse battery' })).code).toBe(0);
    expect(await refusal(['start', '--port', '0'])).toContain('key_wrong');
    expect(await found({ HOLDFAST_KEY_PASSPHRASE: 'horse battery' })).toBe(0);
  });
});

/** How long something takes, in milliseconds. */
async function systemTime(work: () => Promise<unknown>): Promise<number> {
  const fromMs = systemPorts.clock.monotonicMs();
  await work();
  return systemPorts.clock.monotonicMs() - fromMs;
}
