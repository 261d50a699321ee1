import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must, systemPorts, uuidV7 } from '@holdfast/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestDevice } from '../api/testing-device.ts';
import { append } from '../archive/archive.ts';
import { signSegment } from '../archive/segment-mac.ts';
import { openDatabases } from '../backup/databases.ts';
import { beginHubLife, type HubLife, logger } from '../backup/testing-life.ts';

let life: HubLife;
beforeEach(async () => {
  life = await beginHubLife();
  await life.start();
});
afterEach(async () => await life.close());

async function sell(device: TestDevice, ...amounts: string[]): Promise<void> {
  const first = device.entries.length + 1;
  for (const amount of amounts) device.sell(amount);
  await life.send(device, first);
}

const setState = (device: TestDevice, state: string) =>
  life.operate('PATCH', `/api/v1/devices/${device.deviceId()}`, { state });

/** The hub loses its database, all of it. */
async function wipe(): Promise<void> {
  await life.stop();
  const databases = openDatabases({
    databaseUrl: must(life.settings.databaseUrl, 'the test gives one'),
    ports: systemPorts,
    logger,
  });
  await databases.create(databases.names.own);
}

/** What a hub leaves in the archive when the commit of a batch fails after it was published. */
async function leaveUncommitted(
  device: TestDevice,
  firstSeq: number,
  { tenant_id, location_id } = must(device.enrolment, 'it is enrolled'),
): Promise<void> {
  const { keys, archive } = life.hub.context;
  const hashAt = (seq: number) => must(device.entries[seq - 1], 'it was sold').hash.toString('hex');
  const last = device.entries.length;
  const batch = device.batch(firstSeq);
  await append(
    archive,
    signSegment(keys.macKey, {
      ...{ tenant_id, location_id, device_id: device.deviceId(), incarnation: device.incarnation },
      ...{ lane: 'transactions', first_seq: firstSeq, count: last - firstSeq + 1 },
      ...{ prev_hash: hashAt(firstSeq - 1), head_hash: hashAt(last) },
      ...{ received_at: '2026-05-01T12:00:00.000Z', device_state: 'active' },
      lines: batch.subarray(batch.indexOf(10) + 1),
    }),
  );
}

/** Files of the archive below a device, as the paths of their segments. */
async function segmentsOf(device: TestDevice): Promise<string[]> {
  const tenant = must(device.enrolment, 'it is enrolled').tenant_id;
  const folder = join(life.settings.archiveFolder, tenant, device.deviceId());
  const stream = `${device.incarnation}-transactions`;
  const names = (await readdir(join(folder, stream))).sort();
  return names.map((name) => join(folder, stream, name));
}

const rowsOf = async (table: string, order: string) =>
  (await life.hub.context.pool.query(`SELECT * FROM ${table} ORDER BY ${order}`)).rows;

/** What must be the same after a replay; the rest says when the hub was told, or is the archive's own. */
async function books() {
  return {
    entries: await rowsOf('entry', 'device_id, incarnation, seq'),
    seals: await rowsOf('seal', 'device_id, incarnation, seq'),
    ops: await rowsOf('op', 'op_id'),
    bookings: await rowsOf('booking', 'booking_no'),
    postings: await rowsOf('posting', 'booking_no, line'),
    streams: await rowsOf('stream', 'device_id, incarnation'),
    devices: await rowsOf('device', 'device_id'),
    keys: await rowsOf('device_key', 'key_id'),
    locations: await rowsOf('location', 'location_id'),
    tenants: await rowsOf('tenant', 'tenant_id'),
    quarantine: await rowsOf('quarantine', 'seq'),
  };
}

describe('a hub whose database is gone', () => {
  test('has everything again that was in the archive, to the byte and to the number', async () => {
    const first = await life.enrolled();
    const second = await life.enrolled();
    await sell(first, '1.00', '2.00');
    await sell(second, '3.00');
    await sell(first, '4.00');
    await first.send({
      method: 'POST',
      path: '/api/v1/transactions/batch',
      body: JSON.stringify([
        {
          transaction_id: 't1',
          cashier_id: 'a',
          amount: '5.00',
          currency: 'SEK',
          timestamp: '2026-05-01T12:00:00Z',
        },
      ]),
    });
    await setState(second, 'revoked');
    await sell(second, '6.00');
    const before = await books();
    expect(before.bookings).toHaveLength(5);
    await wipe();
    const { replay } = await life.restore({ kind: 'archive' });
    expect(replay).toMatchObject({
      identities: { tenants: 1, locations: 1, devices: 2, unusable: [] },
      segments: { read: 5, replayed: 5 },
      entries: { replayed: 6, quarantined: 1 },
      gaps: [],
      damaged: [],
    });
    await life.start();
    expect(await books()).toEqual(before);
    expect(await rowsOf('stream_report', 'device_id')).toEqual([]);
    expect(await rowsOf('boot', 'boot')).toEqual([]);
  });

  test('refuses to begin anew beside its archive, and without its keys', async () => {
    await sell(await life.enrolled(), '1.00');
    await wipe();
    await expect(life.start()).rejects.toMatchObject({ code: 'hub_wiped' });
    const key = join(life.settings.dataFolder, 'mac-key');
    await rename(key, `${key}-away`);
    await expect(life.start()).rejects.toMatchObject({ code: 'hub_key_missing' });
    await expect(life.restore({ kind: 'archive' })).rejects.toMatchObject({ code: 'hub_key_missing' });
    await expect(readFile(key)).rejects.toThrow();
    await rename(`${key}-away`, key);
    await life.restore({ kind: 'archive' });
    await life.start();
    expect(await life.ledger()).toEqual(['100']);
  });

  test('takes no record that it did not write', async () => {
    const device = await life.enrolled();
    await sell(device, '1.00');
    const record = join(life.settings.archiveFolder, 'identity', `device-${device.deviceId()}.json`);
    const text = await readFile(record, 'utf8');
    await writeFile(record, text.replace('"Till 1"', '"Till 2"'));
    await wipe();
    const { replay } = await life.restore({ kind: 'archive' });
    expect(replay.identities).toMatchObject({
      devices: 0,
      unusable: [{ name: `device-${device.deviceId()}` }],
    });
    expect(replay.damaged).toHaveLength(1);
    expect(replay.entries.replayed).toBe(0);
  });
});

describe('keys that are missing beside a database in use', () => {
  for (const name of ['mac-key', 'root-key', 'hub-key']) {
    test(`${name}: nothing new is made`, async () => {
      await life.stop();
      const key = join(life.settings.dataFolder, name);
      const text = await readFile(key);
      await rm(key);
      await expect(life.start()).rejects.toMatchObject({
        code: 'hub_key_missing',
        message: expect.stringContaining(name),
      });
      await expect(readFile(key)).rejects.toThrow();
      await writeFile(key, text);
      await life.start();
    });
  }
});

describe('a replay', () => {
  test('regains a device that enrolled after the backup, and a state that changed since', async () => {
    const old = await life.enrolled();
    await sell(old, '1.00');
    const { folder } = await life.backup({ test: false });
    const joined = await life.enrolled();
    await sell(joined, '2.00');
    await setState(old, 'suspended');
    await sell(old, '3.00');
    const before = await books();
    await life.stop();
    const restored = await life.restore({ kind: 'backup', folder });
    expect(restored.replay).toMatchObject({
      identities: { tenants: 0, locations: 0, devices: 2 },
      entries: { replayed: 2, quarantined: 1 },
    });
    await life.start();
    expect(await books()).toEqual(before);
    await setState(old, 'active');
    expect(await life.ledger()).toEqual(['100', '200', '300']);
  });

  test('made twice changes nothing the second time', async () => {
    const device = await life.enrolled();
    await sell(device, '1.00', '2.00');
    await sell(device, '3.00');
    await life.stop();
    const first = await life.restore({ kind: 'in_place' });
    const second = await life.restore({ kind: 'in_place' });
    for (const { replay } of [first, second])
      expect(replay).toMatchObject({
        identities: { tenants: 0, locations: 0, devices: 0 },
        segments: { read: 2, replayed: 0 },
        entries: { replayed: 0 },
      });
    expect(second.generation).not.toBe(first.generation);
  });

  test('tells overlapping segments by place and hash, and takes one whose commit had failed', async () => {
    const device = await life.enrolled();
    await sell(device, '1.00', '2.00', '3.00');
    device.sell('4.00');
    await leaveUncommitted(device, 2);
    await life.stop();
    expect((await life.restore({ kind: 'in_place' })).replay.entries.replayed).toBe(1);
    await life.start();
    expect(await life.ledger()).toEqual(['100', '200', '300', '400']);
    await wipe();
    expect((await life.restore({ kind: 'archive' })).replay).toMatchObject({
      segments: { read: 2, replayed: 2 },
      entries: { replayed: 4 },
      gaps: [],
      damaged: [],
    });
    await life.start();
    expect(await life.ledger()).toEqual(['100', '200', '300', '400']);
    // The device repeats what it never heard of: it is there.
    await life.send(device.at(life.hub.url), 4);
    expect(await life.ledger()).toEqual(['100', '200', '300', '400']);
  });

  test('of two copies takes what was committed, not what a failed commit had left before', async () => {
    const device = await life.enrolled();
    await sell(device, '1.00');
    for (const amount of ['2.00', '3.00']) device.sell(amount);
    await leaveUncommitted(device, 2);
    // The other copy of the disk comes first, in other batches.
    device.entries.length = 1;
    await sell(device, '5.00', '6.00', '7.00');
    await sell(device, '8.00');
    expect(await life.ledger()).toEqual(['100', '500', '600', '700', '800']);
    const left = must((await segmentsOf(device))[1], 'one of two entries');
    expect(left).toContain('2-3');
    await wipe();
    const { replay } = await life.restore({ kind: 'archive' });
    expect(replay).toMatchObject({ entries: { replayed: 5 }, gaps: [] });
    expect(replay.damaged).toEqual([{ path: left, reason: 'the database holds other entries at its place' }]);
    await life.start();
    expect(await life.ledger()).toEqual(['100', '500', '600', '700', '800']);
  });

  test('takes no entries of a device into another store', async () => {
    const device = await life.enrolled();
    await sell(device, '1.00');
    device.sell('2.00');
    const enrolment = must(device.enrolment, 'it is enrolled');
    await leaveUncommitted(device, 2, { ...enrolment, location_id: uuidV7(systemPorts) });
    await life.stop();
    const { replay } = await life.restore({ kind: 'in_place' });
    expect(replay).toMatchObject({
      entries: { replayed: 0 },
      damaged: [{ reason: 'its device stands in another store' }],
    });
    await life.start();
    expect(await life.ledger()).toEqual(['100']);
  });

  for (const [what, damage] of [
    [
      'has a flipped bit',
      (bytes: Buffer) => bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1),
    ],
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40)],
    ['is empty', () => Buffer.alloc(0)],
    ['has another head', (bytes: Buffer) => Buffer.from(bytes.toString().replace('"active"', '"revoked"'))],
  ] as const) {
    test(`names a segment that ${what}, takes none of it, and waits for the device`, async () => {
      const device = await life.enrolled();
      for (const amount of ['1.00', '2.00', '3.00']) await sell(device, amount);
      const paths = await segmentsOf(device);
      const path = must(paths[1], 'three segments');
      await writeFile(path, damage(await readFile(path)));
      await wipe();
      const { replay } = await life.restore({ kind: 'archive' });
      expect(replay.damaged.map((each) => each.path)).toEqual([path]);
      expect(replay.gaps).toEqual([
        {
          device_id: device.deviceId(),
          incarnation: device.incarnation,
          lane: 'transactions',
          from_seq: 2,
          to_seq: 2,
        },
      ]);
      await life.start();
      expect(await life.ledger()).toEqual(['100']);
      await life.send(device.at(life.hub.url), 2);
      expect(await life.ledger()).toEqual(['100', '200', '300']);
      const [stream] = await rowsOf('stream', 'device_id');
      expect(stream).toMatchObject({ acked_seq: 3n, safe_seq: 3n });
    });
  }

  test('calls safe what this archive holds, whatever the database says', async () => {
    const device = await life.enrolled();
    await sell(device, '1.00');
    await sell(device, '2.00');
    const [, second = ''] = await segmentsOf(device);
    await rm(second);
    await life.stop();
    await life.restore({ kind: 'in_place' });
    await life.start();
    await life.hub.context.catchUp.once();
    expect(await segmentsOf(device)).toHaveLength(2);
    await wipe();
    await life.restore({ kind: 'archive' });
    await life.start();
    expect(await life.ledger()).toEqual(['100', '200']);
  });

  test('keeps a forgotten body forgotten', async () => {
    const device = await life.enrolled();
    await sell(device, '1.00');
    const [path = ''] = await segmentsOf(device);
    await rm(path);
    const { pool, catchUp } = life.hub.context;
    await pool.query('UPDATE entry SET body = NULL');
    await pool.query('UPDATE stream SET safe_seq = 0');
    await catchUp.once();
    await wipe();
    const { replay } = await life.restore({ kind: 'archive' });
    expect(replay.damaged).toEqual([]);
    await life.start();
    expect((await rowsOf('entry', 'seq')).map(({ body }) => body)).toEqual([null]);
  });
});
