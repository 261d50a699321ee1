import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '@holdfast/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDevice } from '../api/testing-device.ts';
import { startTestHub, type TestHub } from '../api/testing-hub.ts';
import { readRecord } from './identity-record.ts';

let hub: TestHub;
beforeEach(async () => {
  hub = await startTestHub();
});
afterEach(() => hub.close());

const folder = () => join(hub.hub.context.settings.archiveFolder, 'identity');

/** The record of a device as a replay would read it. */
async function recordOf(deviceId: string) {
  const name = `device-${deviceId}`;
  const text = await readFile(join(folder(), `${name}.json`), 'utf8');
  return readRecord(hub.hub.context.keys.macKey, { name, text });
}

/** While it is away nothing can be written to the folder of records. */
async function withoutFolder<T>(work: () => Promise<T>): Promise<T> {
  await rename(folder(), `${folder()}-away`);
  await writeFile(folder(), 'in the way');
  try {
    return await work();
  } finally {
    await rm(folder());
    await rename(`${folder()}-away`, folder());
  }
}

test('a device is in the archive before its enrolment is answered, and so is each of its states', async () => {
  const device = await hub.enrolled();
  expect(await recordOf(device.deviceId())).toMatchObject({
    revision: 1,
    state: 'active',
    keys: [{ key_id: device.key.keyId, retired_at: null }],
  });
  await hub.ask('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'revoked' });
  expect(await recordOf(device.deviceId())).toMatchObject({ revision: 2, state: 'revoked' });
  const kinds = (await readdir(folder())).map((name) => name.split('-')[0]).sort();
  expect(kinds).toEqual(['device', 'location', 'tenant']);
});

test('an enrolment that the archive cannot take is not answered, and repeated it is the same', async () => {
  const device = createTestDevice(hub.url);
  const claim = await hub.claim();
  const refused = await withoutFolder(() => device.register(claim));
  expect(refused.status).toBe(503);
  expect(((await refused.json()) as Problem).code).toBe('archive_unavailable');
  expect((await device.register(claim)).status).toBe(201);
  expect(await recordOf(device.deviceId())).toMatchObject({ state: 'active' });
  const { rowCount } = await hub.hub.context.pool.query('SELECT FROM device');
  expect(rowCount).toBe(1);
});

test('what could not be archived, and what was there before, is written by the catch-up', async () => {
  const device = await hub.enrolled();
  const path = `/api/v1/devices/${device.deviceId()}`;
  const answer = await withoutFolder(() => hub.operate('PATCH', path, { state: 'suspended' }));
  expect(answer.status).toBe(503);
  expect(await recordOf(device.deviceId())).toMatchObject({ state: 'active' });
  await hub.hub.context.catchUp.once();
  expect(await recordOf(device.deviceId())).toMatchObject({ state: 'suspended' });
  const { pool, identities } = hub.hub.context;
  // As of a hub that had no such records.
  await rm(folder(), { recursive: true });
  for (const table of ['tenant', 'location', 'device'])
    await pool.query(`UPDATE ${table} SET archived_revision = 0`);
  expect(await identities.once()).toBe(3);
  expect(await identities.once()).toBe(0);
  expect(await recordOf(device.deviceId())).toMatchObject({ state: 'suspended' });
});

test('a record that was changed, or lies under another name, is none', async () => {
  const device = await hub.enrolled();
  const { macKey } = hub.hub.context.keys;
  const name = `device-${device.deviceId()}`;
  const text = await readFile(join(folder(), `${name}.json`), 'utf8');
  expect(readRecord(macKey, { name, text })).toBeDefined();
  expect(
    readRecord(macKey, {
      name: name.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      text: text.replace(/.$/, ''),
    }),
  ).toBeUndefined();
  expect(readRecord(macKey, { name, text: text.replace('"active"', '"revoked"') })).toBeUndefined();
  expect(readRecord(Buffer.alloc(32), { name, text })).toBeUndefined();
  expect(readRecord(macKey, { name, text: '{' })).toBeUndefined();
});
