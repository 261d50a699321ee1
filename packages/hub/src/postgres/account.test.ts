import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@holdfast/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Account, assertCanEnter } from './account.ts';

const stranger: Account = { kind: 'other', uid: 54_321, gid: 54_321 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-account-'));
  await mkdir(join(folder, 'closed', 'data'), { recursive: true });
  await chmod(folder, 0o755);
  await chmod(join(folder, 'closed', 'data'), 0o755);
});

afterEach(async () => {
  await chmod(join(folder, 'closed'), 0o755); // Or only root could remove it.
  await rm(folder, { recursive: true, force: true });
});

test('names the folder on the way that the account cannot enter', async () => {
  await chmod(join(folder, 'closed'), 0o700);
  const failure = await assertCanEnter(stranger, join(folder, 'closed', 'data')).catch((error) => error);
  expect(isAppError(failure, 'postgres_folder')).toBe(true);
  expect(failure.message).toContain(`cannot enter ${join(folder, 'closed')} `);
});

test('is content when every folder lets the account through', async () => {
  await chmod(join(folder, 'closed'), 0o711);
  await assertCanEnter(stranger, join(folder, 'closed', 'data'));
});

test('does not look when the process runs PostgreSQL as itself', async () => {
  await chmod(join(folder, 'closed'), 0o000);
  await assertCanEnter({ kind: 'self' }, join(folder, 'closed', 'data'));
});
