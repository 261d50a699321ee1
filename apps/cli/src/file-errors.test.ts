import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@holdfast/base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeError } from './cli.ts';
import { EXIT } from './exit-codes.ts';
import { asFileError } from './file-errors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  await writeFile(join(folder, 'file'), 'x');
});
afterAll(() => rm(folder, { recursive: true }));

test.each<[string, (path: (name: string) => string) => Promise<unknown>, string]>([
  ['a file that is not there', (path) => readFile(path('none')), 'there is no such file or folder (ENOENT)'],
  ['a folder', (path) => open(path('.'), 'r+'), 'it is a folder (EISDIR)'],
  ['a file where a folder is needed', (path) => mkdir(path('file')), 'something else has that name (EEXIST)'],
  ['a path through a file', (path) => readFile(path('file/x')), 'is a file and no folder (ENOTDIR)'],
])('%s is told as that, and is no defect', async (_name, use, reason) => {
  const error = await use((name) => join(folder, name)).catch((failure: unknown) => failure);
  expect(isAppError(asFileError(error), 'file_unusable')).toBe(true);
  const told = describeError(error);
  expect(told.message).toContain(folder);
  expect(told.message).toContain(reason);
  expect([told.code, told.exitCode]).toEqual(['file_unusable', EXIT.failed]);
});

test('a full disk says that it is full', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  expect(describeError(error)).toMatchObject({ code: 'no_room', exitCode: EXIT.failed });
});

test('anything else stays what it is', () => {
  expect(asFileError(new Error('boom'))).toBeUndefined();
  expect(asFileError(Object.assign(new Error('x'), { code: 'ECONNRESET', syscall: 'read' }))).toBeUndefined();
  expect(describeError(new TypeError('boom')).exitCode).toBe(EXIT.defect);
});
