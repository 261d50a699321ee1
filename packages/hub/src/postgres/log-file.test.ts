import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts } from '@holdfast/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogKeeper, emptyLog, LOG_BYTES_MAX, logFileIn, rotateLog } from './log-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CHUNK = Buffer.alloc(LOG_BYTES_MAX + 1, 'x');

test('is bounded while somebody writes to it, and loses nothing that comes later', async () => {
  const path = logFileIn(folder);
  const writer = await open(path, 'a');
  for (let round = 1; round <= 3; round += 1) {
    await writer.write(CHUNK);
    expect(await emptyLog(path)).toBe(true);
    await writer.write(`line ${round}\n`);
    expect(await readFile(path, 'utf8')).toBe(`line ${round}\n`);
    expect(await emptyLog(path)).toBe(false);
  }
  await writer.close();
  expect((await stat(`${path}.1`)).size).toBeLessThan(2 * LOG_BYTES_MAX);
});

test('is looked at by a service, until that is stopped', async () => {
  const path = logFileIn(folder);
  const writer = await open(path, 'a');
  await writer.write(CHUNK);
  await writer.close();
  const stop = new AbortController();
  const running = createLogKeeper({ folder, timers: systemPorts.timers }).run(stop.signal);
  while ((await stat(path)).size > 0) await systemPorts.timers.sleep(5);
  stop.abort();
  await running;
  expect((await stat(`${path}.1`)).size).toBe(CHUNK.length);
});

test('is put aside before a start', async () => {
  const path = logFileIn(folder);
  expect(await rotateLog(path)).toBe(0);
  const writer = await open(path, 'a');
  await writer.write('short\n');
  expect(await rotateLog(path)).toBe(6);
  await writer.write(CHUNK);
  await writer.close();
  expect(await rotateLog(path)).toBe(0);
  await expect(stat(path)).rejects.toThrow();
});
