import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../cli.ts';
import { testShell } from '../shell/testing.ts';
import { readExportFile, writeExportFile } from './export-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readExportFile(path)) lines.push(line);
  return lines;
}

test('a file is read whether it is compressed or not', async () => {
  await writeFile(join(folder, 'plain'), 'a\nb\n');
  await writeFile(join(folder, 'zipped'), gzipSync('a\nb\n'));
  expect(await linesOf(join(folder, 'plain'))).toEqual(['a', 'b']);
  expect(await linesOf(join(folder, 'zipped'))).toEqual(['a', 'b']);
});

test.each([
  ['none', 'there is no such file'],
  ['.', 'it is a folder'],
])('%j, which is no file, is told in a sentence, and the process goes on', async (name, reason) => {
  const { shell, spoken } = testShell(['verify', '--export', name], { cwd: folder });
  await runCli(shell);
  expect(spoken.exitCode).toBe(1);
  expect(spoken.stderr).toContain(`cannot be used: ${reason}`);
  expect(spoken.stderr).not.toContain('at async');
});

test('an archive that is not there is no archive with holes', async () => {
  const { shell, spoken } = testShell(['verify', '--archive', 'none'], { cwd: folder });
  await runCli(shell);
  expect([spoken.exitCode, spoken.stdout]).toEqual([1, '']);
  expect(spoken.stderr).toContain(`${join(folder, 'none')} cannot be used: there is no such`);
});

test('a link in the way is not written through', async () => {
  await writeFile(join(folder, 'other'), 'as it was');
  await symlink(join(folder, 'other'), join(folder, 'linked.part'));
  async function* none() {}
  await writeExportFile(join(folder, 'linked'), none());
  expect(await readFile(join(folder, 'other'), 'utf8')).toBe('as it was');
});

test('a folder that is not there leaves nothing behind', async () => {
  async function* none() {}
  await expect(writeExportFile(join(folder, 'no', 'x.ndjson'), none())).rejects.toThrow('ENOENT');
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});
