import { systemPorts, uuidV7 } from '@holdfast/base';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addEntry, addSales, batchOf, enrolDevice } from './testing.ts';
import { openTestIngest, RECEIVED_MS, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

describe('side by side', () => {
  test('two batches of one stream: each entry once, whoever comes first', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 60);
    const sent = [batchOf(device, { to: 40 }), batchOf(device, { to: 60 })];
    const answers = await Promise.all(sent.map((raw) => hub.send(device, raw)));
    expect(answers.map((answer) => answer.answer)).toEqual(['acked', 'acked']);
    expect([await hub.count('entry', device), await hub.count('booking', device)]).toEqual([60, 60]);
  });

  test('two batches of one stream that is known already: the second waits for the first', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 400);
    const ack = await hub.sendAcked(device, batchOf(device, { to: 1 }));
    const sent = [300, 400].map((to) => batchOf(device, { from: 2, to, lastAck: ack }));
    const answers = await Promise.all(sent.map((raw) => hub.send(device, raw)));
    expect(answers.map((answer) => answer.answer)).toEqual(['acked', 'acked']);
    expect([await hub.count('entry', device), await hub.count('booking', device)]).toEqual([400, 400]);
  });

  test('a third one of a device is told to come again', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 300);
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        hub.ingest.accept({
          device,
          contentEncoding: undefined,
          raw: batchOf(device),
          receivedAtMs: RECEIVED_MS,
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  });

  test('a stream that stays locked is busy, and takes the batch afterwards', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 2);
    await hub.sendAcked(device, batchOf(device, { to: 1 }));
    const holder = await hub.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM stream WHERE device_id = $1 FOR UPDATE', [device.device_id]);
    expect(await hub.send(device, batchOf(device))).toMatchObject({ answer: 'busy', pause: [] });
    await holder.query('ROLLBACK');
    holder.release();
    expect((await hub.sendAcked(device, batchOf(device))).acked_seq).toBe(2);
  });

  test('eight devices at once, one location, operations shared between them', async () => {
    const first = await enrolDevice(hub.pool);
    const others = await Promise.all(
      Array.from({ length: 7 }, () =>
        enrolDevice(hub.pool, { tenantId: first.tenant_id, locationId: first.location_id }),
      ),
    );
    const devices = [first, ...others];
    const shared = Array.from({ length: 20 }, () => uuidV7(systemPorts));
    const { bodyLine } = addEntry(first);
    for (const [index, device] of devices.entries()) {
      // Every device names the shared operations in an order of its own: a deadlock must be survived.
      for (const opId of index % 2 === 0 ? shared : shared.toReversed()) addEntry(device, { opId, bodyLine });
      addSales(device, 30);
    }
    const acks = await Promise.all(devices.map((device) => hub.sendAcked(device, batchOf(device))));
    expect(acks.map((ack) => ack.acked_seq)).toEqual(devices.map((device) => device.entries.length));
    expect(await hub.count('booking', first)).toBe(1 + 20 + 8 * 30);
    expect(await hub.count('quarantine', first)).toBe(0);
    const { rows } = await hub.pool.query(
      'SELECT sum(amount_minor) AS sum FROM posting WHERE tenant_id = $1',
      [first.tenant_id],
    );
    expect(rows).toEqual([{ sum: '0' }]);
  });
});

test('a batch of several pieces is one batch: all of it, or nothing', async () => {
  const device = await enrolDevice(hub.pool);
  addSales(device, 1_150);
  addEntry(device, { kind: 'unknown' });
  const ack = await hub.sendAcked(device, batchOf(device, { to: 700 }));
  const rest = await hub.send(device, batchOf(device, { from: 301, lastAck: ack }));
  expect(rest).toMatchObject({
    answer: 'acked',
    ack: { acked_seq: 1_151, safe_seq: 1_151 },
    quarantined: [{ seq: 1_151, reason: 'unknown_kind' }],
  });
  expect([await hub.count('entry', device), await hub.count('booking', device)]).toEqual([1_151, 1_150]);
  expect(await hub.count('seal', device)).toBe(2);
  // A booking that already has the next number makes a later piece fail.
  const failing = await enrolDevice(hub.pool);
  addSales(failing, 600);
  const { rows } = await hub.pool.query("SELECT nextval('booking_no')::int + 550 AS taken");
  await hub.pool.query(
    `INSERT INTO booking VALUES ($1, $2, $3, $1, $1, '', '', 1, '', NULL, 'SEK', 0, '', $4, $4)`,
    [failing.tenant_id, failing.location_id, rows[0]?.taken, new Date(0)],
  );
  await expect(hub.send(failing, batchOf(failing))).rejects.toMatchObject({ code: '23505' });
  expect([await hub.count('entry', failing), await hub.count('stream', failing)]).toEqual([0, 0]);
});
