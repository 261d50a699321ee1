import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts as ports } from '@holdfast/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './lock.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** A process that tries to take the folder, says how it went, and stays. */
async function taker(waitMs: number): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    import { systemPorts as ports } from '@holdfast/base';
    import { lockFolder } from '${new URL('./lock.ts', import.meta.url).href}';
    setInterval(() => undefined, 1000);
    lockFolder(process.argv[1], { waitMs: ${waitMs}, ports }).then(() => console.log('held'), (error) => console.log(error.code));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, folder], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [data] = await once(child.stdout, 'data');
  return { child, said: String(data).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('one holder; the other is told its pid', async () => {
  const { child, said } = await taker(0);
  expect(said).toBe('held');
  await expect(lockFolder(folder, { waitMs: 100, ports })).rejects.toMatchObject({
    code: 'data_folder_in_use',
    message: `Process ${child.pid} uses the data folder ${folder}.`,
  });
});

test('kill -9 frees it at once, also for one that waits', async () => {
  const { child } = await taker(0);
  const waiting = lockFolder(folder, { waitMs: 10_000, ports });
  await kill(child);
  (await waiting).release();
});

test('of many that take over, one wins', async () => {
  const { child } = await taker(0);
  await kill(child);
  const takers = await Promise.all([1, 2, 3, 4].map(() => taker(0)));
  expect(takers.map(({ said }) => said).sort()).toEqual([
    'data_folder_in_use',
    'data_folder_in_use',
    'data_folder_in_use',
    'held',
  ]);
});

test('within one process too, until it is released', async () => {
  const lock = await lockFolder(folder, { waitMs: 0, ports });
  await expect(lockFolder(folder, { waitMs: 0, ports })).rejects.toMatchObject({
    code: 'data_folder_in_use',
  });
  lock.release();
  lock.release();
  (await lockFolder(folder, { waitMs: 0, ports })).release();
});
