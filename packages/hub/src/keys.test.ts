import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError, systemRandom } from '@holdfast/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { damagedKeys, openHubKeys, readMacKey } from './keys.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openHubKeys({ folder, random: systemRandom });

test('are made once, for their owner alone', async () => {
  const first = await open();
  const second = await open();
  expect(second.macKey).toEqual(first.macKey);
  expect([second.rootKey.keyId, second.hubKey.keyId]).toEqual([first.rootKey.keyId, first.hubKey.keyId]);
  expect(second.operatorToken).toBe(first.operatorToken);
  expect(first.rootKey.keyId).not.toBe(first.hubKey.keyId);
  for (const name of ['mac-key', 'root-key', 'hub-key', 'api-token']) {
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  }
});

test('a damaged key file stops the hub, by its name', async () => {
  await open();
  const path = join(folder, 'root-key');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.slice(0, 40));
  const failure = await open().catch((error) => error);
  expect(isAppError(failure, 'key_wrong')).toBe(true);
  expect(failure.message).toContain(path);
  expect(await damagedKeys(folder)).toEqual(['root-key']);
  await rm(path);
  expect(await damagedKeys(folder)).toEqual([]);
});

test('an emptied token file does not open the door', async () => {
  await open();
  await chmod(join(folder, 'api-token'), 0o600);
  await writeFile(join(folder, 'api-token'), '\n');
  expect(isAppError(await open().catch((error) => error), 'key_wrong')).toBe(true);
});

test('whoever looks at the key of the MACs makes nothing', async () => {
  expect(await readMacKey(folder)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
  const { macKey } = await open();
  await rm(join(folder, 'api-token'));
  expect(await readMacKey(folder)).toEqual(macKey);
  expect(await readdir(folder)).not.toContain('api-token');
});
