import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { must, systemPorts } from '@holdfast/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabases } from '../backup/databases.ts';
import { beginHubLife, type HubLife, logger } from '../backup/testing-life.ts';
import { readGeneration } from '../feed/generation.ts';

let life: HubLife;
beforeEach(async () => {
  life = await beginHubLife();
  await life.start();
});
afterEach(async () => await life.close());

const databases = () =>
  openDatabases({
    databaseUrl: must(life.settings.databaseUrl, 'the test gives one'),
    ports: systemPorts,
    logger,
  });
const COPY = 'holdfast_ahead_copy';

/** Copies the database of a stopped hub, as its disk might be copied. */
async function copy(): Promise<void> {
  await life.stop();
  await databases().drop(COPY);
  await databases().copy(databases().names.own, COPY);
}

/** Puts the copy back behind the back of a stopped hub. */
async function putBack(): Promise<void> {
  await life.stop();
  await databases().drop(databases().names.own);
  await databases().copy(COPY, databases().names.own);
  await databases().drop(COPY);
}

const generation = () => readGeneration(life.hub.context.pool);

test('a database that was put back is brought up to the archive before the hub answers', async () => {
  const device = await life.enrolled();
  device.sell('1.00');
  await life.send(device);
  const first = await generation();
  await copy();
  await life.start();
  for (const [index, amount] of ['2.00', '3.00'].entries()) {
    device.sell(amount);
    await life.send(device.at(life.hub.url), index + 2);
  }
  // A store joins after the copy was made, and sells.
  const later = await life.enrolled();
  later.sell('9.00');
  await life.send(later);
  const before = await life.ledger();
  await putBack();
  await life.start();
  expect(await life.ledger()).toEqual(before);
  const second = await generation();
  expect(second).not.toBe(first);
  // What is there is not done again.
  await life.stop();
  await life.start();
  expect(await life.ledger()).toEqual(before);
  expect(await generation()).toBe(second);
});

test('a commit that was interrupted is made good without another generation', async () => {
  const device = await life.enrolled();
  device.sell('1.00');
  await life.send(device);
  await copy();
  await life.start();
  const first = await generation();
  device.sell('2.00');
  await life.send(device.at(life.hub.url), 2);
  await putBack();
  await life.start();
  expect(await life.ledger()).toEqual(['100', '200']);
  expect(await generation()).toBe(first);
  await life.send(device.at(life.hub.url), 2);
  expect(await life.ledger()).toEqual(['100', '200']);
});

test('a device that changed after the copy is as it was, and what nobody had claimed is void', async () => {
  const device = await life.enrolled();
  await life.operate('POST', '/api/v1/claims', { store_id: 'STHLM-001' });
  const first = await generation();
  await copy();
  await life.start();
  await life.operate('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'revoked' });
  await putBack();
  await life.start();
  const { pool } = life.hub.context;
  expect((await pool.query('SELECT state FROM device')).rows).toEqual([{ state: 'revoked' }]);
  expect((await pool.query('SELECT FROM claim WHERE used_by IS NULL')).rowCount).toBe(0);
  expect(await generation()).not.toBe(first);
});

test('a hub starts with a hole in its archive, and waits for the device', async () => {
  const device = await life.enrolled();
  device.sell('1.00');
  await life.send(device);
  await copy();
  await life.start();
  for (const [index, amount] of ['2.00', '3.00'].entries()) {
    device.sell(amount);
    await life.send(device.at(life.hub.url), index + 2);
  }
  await putBack();
  const tenant = must(device.enrolment, 'it is enrolled').tenant_id;
  const stream = `${device.incarnation}-transactions`;
  await rm(join(life.settings.archiveFolder, tenant, device.deviceId(), stream, '2-2.ndjson'));
  await life.start();
  expect(await life.ledger()).toEqual(['100']);
  await life.send(device.at(life.hub.url), 2);
  expect(await life.ledger()).toEqual(['100', '200', '300']);
});
