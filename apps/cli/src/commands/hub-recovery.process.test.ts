/** The commands of a hub's recovery as real processes, with its own PostgreSQL: killed wherever it may be, nothing is lost. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, systemTimers } from '@holdfast/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, killHard, processesOf, startHoldfast, type TestRun } from '../dev/testing.ts';

const TIMEOUT_MS = 180_000;
/** Into starting PostgreSQL, loading, replaying, and after the end. */
const KILLED_AFTER_MS = [300, 700, 1_100, 1_500, 1_900, 2_500];

let root: string;
let folder: string;
let runs: TestRun[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-hub-recovery-'));
  // PostgreSQL may run as another user than this test.
  chmodSync(root, 0o755);
  folder = join(root, 'hub');
  runs = [];
});

afterEach(async () => {
  const left = () => runs.flatMap(({ pid }) => processesOf({ pgid: pid, folder }));
  for (const { pid } of left()) killHard(pid);
  await eventually(() => (left().length === 0 ? true : undefined));
  rmSync(root, { recursive: true, force: true });
});

function start(...words: string[]): TestRun {
  const run = startHoldfast([...words, '--data', folder, '--json']);
  runs.push(run);
  return run;
}

/** Runs a command to its end: its exit code and its document. */
async function done(...words: string[]) {
  const run = start(...words);
  const { code } = await run.ended;
  return { code, answer: JSON.parse(run.stdout()) };
}

/** A hub that answers, until it is stopped. */
async function hubRuns(...flags: string[]): Promise<{ run: TestRun; url: string }> {
  const run = start('hub', 'start', '--port', '0', ...flags);
  const failed = run.ended.then(({ code }) => {
    throw new Error(`ended with ${code}: ${run.stderr()}`);
  });
  await Promise.race([eventually(() => (run.stdout().includes('\n') ? true : undefined)), failed]);
  failed.catch(() => undefined); // From here on its end is what the test wants.
  return { run, url: JSON.parse(run.stdout()).url };
}

async function stop({ run }: { run: TestRun }): Promise<void> {
  process.kill(run.pid, 'SIGTERM');
  expect(await run.ended).toEqual({ code: 0, signal: null });
}

test(
  'a backup of a hub that runs, and a restore that is killed again and again',
  async () => {
    const hub = await hubRuns('--demo');
    const backup = await done('hub', 'backup', '--keep', '3');
    expect(backup).toMatchObject({ code: 0, answer: { tested: true, schema_version: 2 } });
    const refused = await done('hub', 'restore', backup.answer.folder);
    expect(refused).toMatchObject({ code: 1, answer: { error: { code: 'data_folder_in_use' } } });
    await stop(hub);
    for (const afterMs of KILLED_AFTER_MS) {
      const killed = start('hub', 'restore', backup.answer.folder);
      await systemTimers.sleep(afterMs);
      killHard(killed.pid);
      await killed.ended;
      const again = await hubRuns();
      expect(await (await fetch(`${again.url}/health`)).json()).toMatchObject({ database: 'ok' });
      await stop(again);
    }
    const restored = await done('hub', 'restore', backup.answer.folder, '--drop-old');
    expect(restored).toMatchObject({
      code: 0,
      answer: { source: 'backup', kept_database: null, replay: { gaps: [], damaged: [] } },
    });
    const last = await done('hub', 'backup');
    expect(last.answer.rows).toBe(backup.answer.rows);
    expect(last.answer.generation).toBe(restored.answer.generation);
    expect(readdirSync(join(folder, 'backups')).filter((name) => name.startsWith('.making'))).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a backup that is killed is none, and the next one clears it away',
  async () => {
    const hub = await hubRuns('--demo');
    for (const afterMs of [400, 600, 800]) {
      const killed = start('hub', 'backup');
      await systemTimers.sleep(afterMs);
      killHard(killed.pid);
      await killed.ended;
    }
    const backup = await done('hub', 'backup');
    expect(backup.code).toBe(0);
    expect(readdirSync(join(folder, 'backups')).filter((name) => name.startsWith('.making'))).toEqual([]);
    await stop(hub);
  },
  TIMEOUT_MS,
);

test(
  'a hub that waits for a PostgreSQL that does not answer says so, and ends when it is told to',
  async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? must(address, 'it listens').port : 0;
    const run = start('hub', 'start', '--port', '0', '--database-url', `postgres://a:b@127.0.0.1:${port}/c`);
    await eventually(() => (run.stderr().includes('waiting for PostgreSQL') ? true : undefined));
    expect(run.stderr()).toContain(`"server":"127.0.0.1:${port}"`);
    process.kill(run.pid, 'SIGTERM');
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.stderr()).not.toContain('"level":"error"');
    silent.close();
  },
  TIMEOUT_MS,
);
