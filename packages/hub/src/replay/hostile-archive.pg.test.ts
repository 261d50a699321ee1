/** What somebody who may write in the archive, and has no key, can do to a hub: nothing that it does not tell. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must, systemPorts } from '@holdfast/base';
import { verifyExport } from '@holdfast/verify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestDevice } from '../api/testing-device.ts';
import { openDatabases } from '../backup/databases.ts';
import { beginHubLife, type HubLife, logger } from '../backup/testing-life.ts';
import { exportHub } from '../export/export-hub.ts';
import { readGeneration } from '../feed/generation.ts';

let life: HubLife;
let device: TestDevice;
beforeEach(async () => {
  life = await beginHubLife();
  await life.start();
  device = await life.enrolled();
  device.sell('1.00');
  await life.send(device);
});
afterEach(async () => await life.close());

const COPY = 'holdfast_hostile_copy';
const generation = () => readGeneration(life.hub.context.pool);
const databases = () =>
  openDatabases({
    databaseUrl: must(life.settings.databaseUrl, 'the test gives one'),
    ports: systemPorts,
    logger,
  });

function streamFolder(): string {
  const tenant = must(device.enrolment, 'it is enrolled').tenant_id;
  return join(life.settings.archiveFolder, tenant, device.deviceId(), `${device.incarnation}-transactions`);
}

/** Sells a second time after the database was copied, and puts the copy back: the hub does not run then. */
async function sellAndForget(): Promise<void> {
  await life.stop();
  const { names, copy, drop } = databases();
  await drop(COPY);
  await copy(names.own, COPY);
  await life.start();
  for (const [index, amount] of ['2.00', '3.00'].entries()) {
    device.sell(amount);
    await life.send(device.at(life.hub.url), index + 2);
  }
  await life.stop();
  await drop(names.own);
  await copy(COPY, names.own);
  await drop(COPY);
}

/** Takes the first body out of a segment, and makes its size fit. */
async function takeBodyOut(path: string): Promise<void> {
  const [head = '', header, , ...rest] = (await readFile(path, 'utf8')).split('\n');
  const lines = [header, 'null', ...rest].join('\n');
  const { bytes: _, ...known } = JSON.parse(head);
  await writeFile(path, `${JSON.stringify({ ...known, bytes: Buffer.byteLength(lines) })}\n${lines}`);
}

test('names alone begin no new life', async () => {
  await life.operate('POST', '/api/v1/claims', { store_id: 'STHLM-001' });
  const before = await generation();
  await life.stop();
  const own = await readFile(join(streamFolder(), '1-1.ndjson'));
  for (const name of ['5-9.ndjson', '2-9007199254740993.ndjson', '9999999999999999-9999999999999999.ndjson'])
    await writeFile(join(streamFolder(), name), own);
  const other = join(
    life.settings.archiveFolder,
    crypto.randomUUID(),
    crypto.randomUUID(),
    `${'a'.repeat(32)}-x`,
  );
  await mkdir(other, { recursive: true });
  await writeFile(join(other, '1-5.ndjson'), '');
  await life.start();
  expect(await generation()).toBe(before);
  expect((await life.hub.context.pool.query('SELECT FROM claim WHERE used_by IS NULL')).rowCount).toBe(1);
  expect(await life.ledger()).toEqual(['100']);
});

test('what is no file stops no start', async () => {
  await life.stop();
  const identity = join(life.settings.archiveFolder, 'identity');
  for (const folder of [streamFolder(), identity]) {
    const nameOf = (n: number) =>
      folder === identity ? `device-${crypto.randomUUID()}.json` : `${n}-${n}.ndjson`;
    await mkdir(join(folder, nameOf(5)));
    await symlink('/nowhere', join(folder, nameOf(6)));
    await symlink('/dev/zero', join(folder, nameOf(7)));
    execFileSync('mkfifo', [join(folder, nameOf(8))]);
    execFileSync('truncate', ['-s', '3G', join(folder, nameOf(9))]);
  }
  await life.start();
  expect(await life.ledger()).toEqual(['100']);
  await life.stop();
  const { replay } = await life.restore({ kind: 'in_place' });
  expect(replay.damaged).toHaveLength(5);
  expect(replay.identities.unusable).toHaveLength(5);
});

test('a staging folder that leads elsewhere is not swept', async () => {
  await life.stop();
  const { archiveFolder, dataFolder } = life.settings;
  const longAgo = new Date(0);
  for (const key of ['mac-key', 'root-key', 'hub-key']) await utimes(join(dataFolder, key), longAgo, longAgo);
  await rename(join(archiveFolder, 'staging'), join(archiveFolder, 'staging-before'));
  await symlink(dataFolder, join(archiveFolder, 'staging'));
  await life.start().catch(() => {});
  expect(await readdir(dataFolder)).toEqual(expect.arrayContaining(['mac-key', 'root-key', 'hub-key']));
});

test('a body that somebody took out of a segment comes from the device again', async () => {
  await sellAndForget();
  await takeBodyOut(join(streamFolder(), '2-2.ndjson'));
  await life.start();
  expect(await life.ledger()).toEqual(['100']);
  await life.send(device.at(life.hub.url), 2);
  expect(await life.ledger()).toEqual(['100', '200', '300']);
});

test('a body that somebody took out of a segment is found, and put back', async () => {
  const path = join(streamFolder(), '1-1.ndjson');
  const before = await readFile(path);
  await takeBodyOut(path);
  const { pool, keys } = life.hub.context;
  const archiveFolder = life.settings.archiveFolder;
  for (const macKey of [keys.macKey, undefined]) {
    const report = await verifyExport(exportHub(pool, { nowMs: 0, archiveFolder }), macKey && { macKey });
    expect(report.findings.map(({ code }) => code)).toContain('archive_gap');
  }
  await life.stop();
  const { replay } = await life.restore({ kind: 'in_place' });
  expect(replay.damaged.map((each) => each.path)).toEqual([path]);
  await life.start();
  await life.hub.context.catchUp.once();
  expect(
    createHash('sha256')
      .update(await readFile(path))
      .digest(),
  ).toEqual(createHash('sha256').update(before).digest());
});

test('a hole that nobody fills begins one new life, not one a start', async () => {
  const first = await generation();
  await sellAndForget();
  await rm(join(streamFolder(), '2-2.ndjson'));
  await life.start();
  const second = await generation();
  expect(second).not.toBe(first);
  await life.stop();
  await life.start();
  expect(await generation()).toBe(second);
  await life.send(device.at(life.hub.url), 2);
  expect(await life.ledger()).toEqual(['100', '200', '300']);
});
