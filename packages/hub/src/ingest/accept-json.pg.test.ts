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
  const accept = (device: TestDevice, ...items: object[]) =>
    // The cast stands for the schema of the wire, which the API has applied before.
    hub.ingest.acceptJson({ device, items: items as (typeof item)[], receivedAtMs: RECEIVED_MS });

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

  test('two at once continue one stream', async () => {
    const device = await enrolDevice(hub.pool);
    const items = Array.from({ length: 20 }, (_, index) => ({ ...item, transaction_id: `t-${index}` }));
    await Promise.all([accept(device, ...items), accept(device, ...items.toReversed())]);
    expect([await hub.count('booking', device), await hub.count('entry', device)]).toEqual([20, 20]);
  });
});
