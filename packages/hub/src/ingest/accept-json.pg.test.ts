import { gzipSync } from 'node:zlib';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enrolDevice, STORE_ID, type TestDevice } from './testing.ts';
import { openTestIngest, RECEIVED_MS, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

describe('the JSON batch', () => {
  const item = {
    transaction_id: 'till-7-0001',
    cashier_id: 'anna',
    amount: 12.5,
    currency: 'SEK',
    timestamp: '2026-05-01T14:00:00+02:00',
  };
  const accept = (device: TestDevice, ...items: object[]) => hub.sendJson(device, items);

  test('is booked once, however often it is sent', async () => {
    const device = await enrolDevice(hub.pool);
    const second = { ...item, transaction_id: uuidV7(systemPorts), amount: '3', store_id: STORE_ID };
    expect(await accept(device, item, second, item)).toEqual({
      synced_ids: [item.transaction_id, second.transaction_id, item.transaction_id],
    });
    expect(await accept(device, second, item)).toEqual({
      synced_ids: [second.transaction_id, item.transaction_id],
    });
    const { rows } = await hub.pool.query(
      'SELECT amount_minor, created_at, incarnation, seq FROM booking WHERE device_id = $1 ORDER BY booking_no',
      [device.device_id],
    );
    const place = { created_at: new Date('2026-05-01T12:00:00.000Z'), incarnation: '0'.repeat(32) };
    expect(rows).toEqual([
      { ...place, amount_minor: 1250n, seq: 1n },
      { ...place, amount_minor: 300n, seq: 2n },
    ]);
    const stream = await hub.pool.query('SELECT acked_seq, safe_seq FROM stream WHERE device_id = $1', [
      device.device_id,
    ]);
    expect(stream.rows).toEqual([{ acked_seq: 2n, safe_seq: 2n }]);
  });

  test('puts aside what it cannot book', async () => {
    const device = await enrolDevice(hub.pool);
    const odd = [
      { ...item, transaction_id: 'a', amount: 0.001 },
      { ...item, transaction_id: 'b', amount: 'much' },
      { ...item, transaction_id: 'c', currency: 'XQQ' },
      { ...item, transaction_id: 'd', store_id: 'elsewhere' },
    ];
    await accept(device, item, ...odd);
    await accept(device, { ...item, amount: 13 });
    await accept(device, { ...item, amount: 13 });
    const { rows } = await hub.pool.query('SELECT reason FROM quarantine WHERE device_id = $1 ORDER BY seq', [
      device.device_id,
    ]);
    expect(rows.map((row) => row.reason)).toEqual([
      'amount_precision',
      'invalid_body',
      'unknown_currency',
      'wrong_store',
      'op_id_reused',
    ]);
    expect(await hub.count('booking', device)).toBe(1);
  });

  test('is work from its first byte: of four at once, two are read', async () => {
    const device = await enrolDevice(hub.pool);
    const bomb = {
      device,
      contentEncoding: 'gzip',
      raw: gzipSync(`[${'{},'.repeat(690_000)}{}]`),
      receivedAtMs: RECEIVED_MS,
    };
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => hub.ingest.acceptJson(bomb)));
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'taken'));
    expect(codes.sort()).toEqual(['body_too_large', 'body_too_large', 'overloaded', 'overloaded']);
    await accept(device, item);
  });

  test('tells nobody that it is synced when it is not', async () => {
    const device = await enrolDevice(hub.pool);
    await accept(device, item);
    const types = 'uuid, uuid, uuid, text, text, timestamptz, text';
    await hub.pool.query(`
      ALTER FUNCTION lock_stream (${types}) RENAME TO real_lock_stream;
      CREATE FUNCTION lock_stream(${types}) RETURNS stream LANGUAGE plpgsql AS $$
      DECLARE v stream := real_lock_stream($1, $2, $3, $4, $5, $6, $7);
      BEGIN v.head_hash := sha256(random()::text::bytea); RETURN v; END $$`);
    const next = { ...item, transaction_id: 'till-7-0002' };
    await expect(accept(device, next)).rejects.toMatchObject({ code: 'internal' });
    await hub.pool.query(
      `DROP FUNCTION lock_stream; ALTER FUNCTION real_lock_stream (${types}) RENAME TO lock_stream`,
    );
    expect(await hub.count('entry', device)).toBe(1);
    expect(await accept(device, next)).toEqual({ synced_ids: [next.transaction_id] });
    expect(await hub.count('booking', device)).toBe(2);
  });

  test('two at once continue one stream', async () => {
    const device = await enrolDevice(hub.pool);
    const items = Array.from({ length: 20 }, (_, index) => ({ ...item, transaction_id: `t-${index}` }));
    await Promise.all([accept(device, ...items), accept(device, ...items.toReversed())]);
    expect([await hub.count('booking', device), await hub.count('entry', device)]).toEqual([20, 20]);
  });
});
