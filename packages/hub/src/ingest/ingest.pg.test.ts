import { gzipSync } from 'node:zlib';
import { assert, must, randomId, systemPorts } from '@holdfast/base';
import { receiptCode } from '@holdfast/journal';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signAck } from './ack.ts';
import { addEntry, addSales, batchOf, enrolDevice, STORE_ID, saleBody, type TestDevice } from './testing.ts';
import { GENERATION, MAC_KEY, openTestIngest, RECEIVED_MS, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

function hashOf(device: TestDevice, seq: number): string {
  return must(device.entries[seq - 1], 'the device has this entry').hash.toString('hex');
}

async function postingsOf(tenantId: string): Promise<[number, string, bigint][]> {
  const { rows } = await hub.pool.query(
    'SELECT line, account, amount_minor FROM posting WHERE tenant_id = $1 ORDER BY booking_no, line',
    [tenantId],
  );
  return rows.map((row) => [row.line, row.account, row.amount_minor]);
}

describe('acked', () => {
  test('books the sales, keeps every byte, and vouches for both', async () => {
    const device = await enrolDevice(hub.pool);
    const plain = addEntry(device, {
      body: saleBody({ tenders: [{ type: 'cash', amount: '12.50' }], change: '0.00' }),
    });
    const changed = addEntry(device, { body: saleBody({ customer_reference: 'Björn 🙂' }) });
    const { answer, status } = await hub.ingest.accept({
      device,
      contentEncoding: undefined,
      raw: batchOf(device),
      receivedAtMs: RECEIVED_MS,
    });
    const statement = {
      generation: GENERATION,
      device_id: device.device_id,
      incarnation: device.incarnation,
      lane: 'transactions',
      acked_seq: 2,
      head_hash: hashOf(device, 2),
      safe_seq: 2,
    } as const;
    expect({ answer, status }).toEqual({
      answer: { answer: 'acked', ack: signAck(MAC_KEY, statement), quarantined: [] },
      status: 200,
    });
    const entries = await hub.pool.query(
      'SELECT header, body, hash FROM entry WHERE device_id = $1 ORDER BY seq',
      [device.device_id],
    );
    expect(entries.rows).toEqual(
      [plain, changed].map((entry) => ({
        header: Buffer.from(entry.headerLine),
        body: Buffer.from(entry.bodyLine),
        hash: entry.hash,
      })),
    );
    const bookings = await hub.pool.query(
      `SELECT booking.op_id, cashier_id, customer_reference, currency, amount_minor, receipt_code, created_at,
         received_at, booking.booking_no = op.booking_no AS same FROM booking JOIN op USING (tenant_id, op_id)
       WHERE booking.device_id = $1 ORDER BY booking.booking_no`,
      [device.device_id],
    );
    const booked = {
      cashier_id: 'anna',
      currency: 'SEK',
      amount_minor: 1250n,
      received_at: new Date(RECEIVED_MS),
    };
    const created_at = new Date('2026-05-01T12:00:00.000Z');
    expect(bookings.rows).toEqual(
      [plain, changed].map(({ header }, index) => ({
        ...booked,
        created_at,
        op_id: header.op_id,
        customer_reference: index === 0 ? null : 'Björn 🙂',
        receipt_code: receiptCode(header.op_id, header.body_hash),
        same: true,
      })),
    );
    expect(await postingsOf(device.tenant_id)).toEqual([
      [1, 'cash_drawer', 1250n],
      [2, 'sales', -1250n],
      [1, 'cash_drawer', 2000n],
      [2, 'cash_drawer', -750n],
      [3, 'sales', -1250n],
    ]);
  });

  test('takes gzip, continues a stream, and books a batch that is sent again only once', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 5);
    const first = await hub.send(device, gzipSync(batchOf(device, { to: 3 })), 'gzip');
    assert(first.answer === 'acked', 'the first batch fits');
    const again = await hub.send(device, batchOf(device, { to: 3 }));
    expect(again).toEqual(first);
    const overlapping = await hub.sendAcked(device, batchOf(device, { from: 2, to: 5, lastAck: first.ack }));
    expect([overlapping.acked_seq, overlapping.safe_seq]).toEqual([5, 5]);
    expect(await Promise.all(['entry', 'op', 'booking'].map((table) => hub.count(table, device)))).toEqual([
      5, 5, 5,
    ]);
    expect(await hub.count('posting', device)).toBe(15);
    expect(await hub.count('seal', device)).toBe(2);
  });

  test('books an operation once that comes by a second incarnation', async () => {
    const device = await enrolDevice(hub.pool);
    const first = addEntry(device);
    await hub.sendAcked(device, batchOf(device));
    const reborn: TestDevice = { ...device, incarnation: randomId(systemPorts.random), entries: [] };
    addEntry(reborn, { opId: first.header.op_id, bodyLine: first.bodyLine });
    addEntry(reborn);
    const answer = await hub.send(reborn, batchOf(reborn));
    expect(answer).toMatchObject({ answer: 'acked', ack: { acked_seq: 2 }, quarantined: [] });
    expect(await hub.count('booking', device)).toBe(2);
    expect(await hub.count('entry', device)).toBe(3);
  });

  test('books a sale without a store at that of its device', async () => {
    const device = await enrolDevice(hub.pool);
    addEntry(device, { body: saleBody({ store_id: null }) });
    expect(await hub.send(device, batchOf(device))).toMatchObject({ answer: 'acked', quarantined: [] });
    const { rows } = await hub.pool.query('SELECT location_id FROM booking WHERE device_id = $1', [
      device.device_id,
    ]);
    expect(rows).toEqual([{ location_id: device.location_id }]);
  });

  test('writes what the device reports of its stream', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 4);
    await hub.sendAcked(device, batchOf(device, { to: 2 }));
    const { rows } = await hub.pool.query(
      'SELECT tip_seq, tip_hash, oldest_unacked_at FROM stream_report WHERE device_id = $1',
      [device.device_id],
    );
    expect(rows).toEqual([
      {
        tip_seq: 4n,
        tip_hash: device.entries[3]?.hash,
        oldest_unacked_at: new Date('2026-05-01T12:00:00.000Z'),
      },
    ]);
  });
});

describe('quarantine', () => {
  test.each([
    ['unknown_kind', { kind: 'refund.v9' }],
    ['invalid_time', { at: '2026-13-99T99:99:99.000Z' }],
    ['invalid_body', { bodyLine: 'not json' }],
    ['invalid_body', { body: { store_id: STORE_ID } }],
    ['wrong_store', { body: saleBody({ store_id: 'elsewhere' }) }],
    ['unknown_currency', { body: saleBody({ currency: 'XQQ' }) }],
    ['amount_precision', { body: saleBody({ amount_total: '12.501' }) }],
    ['amount_out_of_range', { body: saleBody({ amount_total: '999999999999999' }) }],
    ['amounts_do_not_add_up', { body: saleBody({ amount_total: '12.51' }) }],
    [
      'amounts_do_not_add_up',
      {
        body: saleBody({ amount_total: '-5.00', tenders: [{ type: 'cash', amount: '-5.00' }], change: '0' }),
      },
    ],
  ])('%s is stored and acked, and blocks nothing: %j', async (reason, options) => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 1);
    const bad = addEntry(device, options);
    addSales(device, 1);
    const answer = await hub.send(device, batchOf(device));
    const quarantined = [{ seq: 2, op_id: bad.header.op_id, reason }];
    expect(answer).toMatchObject({ answer: 'acked', ack: { acked_seq: 3 }, quarantined });
    expect([await hub.count('booking', device), await hub.count('entry', device)]).toEqual([2, 3]);
    // An in-doubt repeat gets the same answer.
    expect(await hub.send(device, batchOf(device))).toEqual(answer);
  });

  test('an op_id that names another operation', async () => {
    const device = await enrolDevice(hub.pool);
    const first = addEntry(device);
    const within = addEntry(device, { opId: first.header.op_id });
    const answer = await hub.send(device, batchOf(device));
    expect(answer).toMatchObject({
      answer: 'acked',
      quarantined: [{ seq: 2, op_id: within.header.op_id, reason: 'op_id_reused' }],
    });
    addEntry(device, { opId: first.header.op_id, body: saleBody({ cashier_id: 'bo' }) });
    expect(await hub.send(device, batchOf(device, { from: 3 }))).toMatchObject({
      answer: 'acked',
      ack: { acked_seq: 3 },
      quarantined: [{ seq: 3, reason: 'op_id_reused' }],
    });
    expect(await hub.count('booking', device)).toBe(1);
  });

  test.each([
    ['suspended', 'device_suspended'],
    ['revoked', 'device_revoked'],
  ] as const)('all that a %s device sends', async (state, reason) => {
    const device = await enrolDevice(hub.pool, { state });
    addSales(device, 2);
    const answer = await hub.send(device, batchOf(device));
    expect(answer).toMatchObject({
      answer: 'acked',
      ack: { acked_seq: 2 },
      quarantined: [
        { seq: 1, reason },
        { seq: 2, reason },
      ],
    });
    expect([await hub.count('booking', device), await hub.count('op', device)]).toEqual([0, 2]);
  });
});
