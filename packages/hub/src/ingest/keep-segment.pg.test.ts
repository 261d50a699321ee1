import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '@holdfast/base';
import { createLogger, createMetrics } from '@holdfast/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openFolderArchive } from '../archive/folder-archive.ts';
import { transact } from '../store/transact.ts';
import { createKeeper } from './keep-segment.ts';
import type { IngestRow } from './run-ingest.ts';
import { addSales, batchOf, enrolDevice } from './testing.ts';
import { openTestIngest, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

describe('the archive', () => {
  test('holds what came, to the byte', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    const raw = batchOf(device);
    await hub.sendAcked(device, raw);
    const path = join(
      hub.folder,
      device.tenant_id,
      device.device_id,
      `${device.incarnation}-transactions`,
      '1-3.ndjson',
    );
    const [head, ...lines] = (await readFile(path, 'utf8')).split('\n');
    expect(JSON.parse(must(head, 'a segment has a head'))).toMatchObject({ first_seq: 1, count: 3 });
    expect(lines.join('\n')).toBe(raw.toString().split('\n').slice(1).join('\n'));
    expect(await readdir(join(hub.folder, 'staging'))).toEqual([]);
  });

  test('holds a segment once, and calls it safe, when the transaction is run again', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 2);
    await hub.sendAcked(device, batchOf(device));
    const metrics = createMetrics({ process: false });
    const archive = openFolderArchive({ folder: hub.folder });
    const keeper = createKeeper({
      archive,
      metrics,
      logger: createLogger({ level: 'silent', service: 'test' }),
    });
    const { tenant_id, location_id, device_id, incarnation } = device;
    const stream = { tenant_id, location_id, device_id, incarnation, lane: 'transactions' };
    await hub.pool.query('UPDATE stream SET safe_seq = 0 WHERE device_id = $1', [device_id]);
    const row: IngestRow = {
      ...{ answer: 'acked', acked_seq: 2n, head_hash: Buffer.alloc(32), safe_seq: 0n, generation: '' },
      ...{ at_seq: null, at_hash: null, appended: 2, quarantined: [] },
    };
    const hash = '0'.repeat(64);
    const received = { received_at: '2026-05-01T12:30:00.000Z', device_state: 'active' as const };
    const kept = keeper.stage({
      ...{ ...stream, first_seq: 1, count: 2, prev_hash: hash, head_hash: hash, ...received },
      ...{ mac: 'mac', lines: Buffer.from('lines\n') },
    });
    const safe: bigint[] = [];
    await transact(hub.pool, async (client) => {
      safe.push(await kept.keep(client, stream, row));
      const collision = Object.assign(new Error('collided'), { code: '40P01' });
      if (safe.length < 3) throw collision;
    });
    await kept.discard();
    expect(safe).toEqual([2n, 2n, 2n]);
    expect(metrics.text()).not.toMatch(/archive_failures_total [1-9]/);
    const { rows } = await hub.pool.query('SELECT safe_seq FROM stream WHERE device_id = $1', [device_id]);
    expect(rows).toEqual([{ safe_seq: 2n }]);
    const place = join(hub.folder, tenant_id, device_id, `${incarnation}-transactions`);
    expect(await readdir(place)).toEqual(['1-2.ndjson']);
  });

  test('holds nothing that was not taken', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    await hub.send(device, batchOf(device, { from: 2 }));
    expect(await readdir(hub.folder)).toEqual(['staging']);
    expect(await readdir(join(hub.folder, 'staging'))).toEqual([]);
  });

  test('that cannot be written costs safety, not the sale', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 4);
    await hub.sendAcked(device, batchOf(device, { to: 1 }));
    await rm(join(hub.folder, 'staging'), { recursive: true });
    await writeFile(join(hub.folder, 'staging'), 'in the way');
    const ack = await hub.sendAcked(device, batchOf(device, { from: 2, to: 2 }));
    expect([ack.acked_seq, ack.safe_seq]).toEqual([2, 1]);
    await rm(join(hub.folder, 'staging'));
    const later = await hub.sendAcked(device, batchOf(device, { from: 3, lastAck: ack }));
    expect([later.acked_seq, later.safe_seq]).toEqual([4, 1]);
  });

  test('that takes a segment and cannot put it in its place costs safety as well', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 1);
    const folder = join(hub.folder, device.tenant_id, device.device_id);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${device.incarnation}-transactions`), 'in the way');
    const ack = await hub.sendAcked(device, batchOf(device));
    expect([ack.acked_seq, ack.safe_seq]).toEqual([1, 0]);
    expect(await readdir(join(hub.folder, 'staging'))).toEqual([]);
  });
});
