import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFolder, writeFileDurably } from './files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file is replaced whole, with its mode, and leaves nothing beside it', async () => {
  const inner = join(folder, 'a', 'b');
  await ensureFolder(inner);
  await ensureFolder(inner);
  expect((await stat(inner)).mode & 0o777).toBe(0o700);
  const path = join(inner, 'key');
  await writeFileDurably(path, 'one');
  await writeFileDurably(path, new Uint8Array([50]), { mode: 0o644 });
  expect(await readFile(path, 'utf8')).toBe('2');
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  expect(await readdir(inner)).toEqual(['key']);
});

test('a failure leaves the old file and nothing else', async () => {
  await expect(writeFileDurably(join(folder, 'a'), 'x')).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['a']);
});
