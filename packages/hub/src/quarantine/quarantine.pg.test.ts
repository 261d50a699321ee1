import { isAppError, must, randomId, systemPorts, uuidV7 } from '@holdfast/base';
import type { QuarantineEntry, ResolveRequest } from '@holdfast/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addEntry, addSales, batchOf, enrolDevice, saleBody, type TestDevice } from '../ingest/testing.ts';
import { openTestIngest, RECEIVED_MS, type TestIngest } from '../ingest/testing-ingest.ts';
import { transact } from '../store/transact.ts';
import { bookSuspended } from './book-suspended.ts';
import { listQuarantine, readQuarantined } from './read-quarantine.ts';
import { resolveQuarantine } from './resolve-quarantine.ts';

const RESOLVED_MS = RECEIVED_MS + 3_600_000;

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

function requestOf(device: TestDevice, change: Partial<ResolveRequest> = {}): ResolveRequest {
  const { device_id, incarnation } = device;
  return { device_id, incarnation, lane: 'transactions', seq: 1, resolution: 'book', note: null, ...change };
}

function resolve(device: TestDevice, change: Partial<ResolveRequest> = {}): Promise<QuarantineEntry> {
  const request = requestOf(device, change);
  const tenantId = device.tenant_id;
  return transact(hub.pool, async (client) => {
    await resolveQuarantine(client, { tenantId, request, nowMs: RESOLVED_MS });
    return readQuarantined(client, { tenantId, place: request });
  });
}

function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
}

async function setState(device: TestDevice, state: string): Promise<void> {
  await hub.pool.query('UPDATE device SET state = $2 WHERE device_id = $1', [device.device_id, state]);
}

function activate(device: TestDevice): Promise<number> {
  const { tenant_id: tenantId, device_id: deviceId } = device;
  return bookSuspended(hub.pool, { tenantId, deviceId, nowMs: RESOLVED_MS });
}

/** What the ledger has of a tenant, and whether it holds together. */
async function ledgerOf(device: TestDevice): Promise<{ bookings: bigint; unowned: bigint; sum: string }> {
  const { rows } = await hub.pool.query(
    `SELECT (SELECT count(*) FROM booking WHERE tenant_id = $1) AS bookings,
       (SELECT count(*) FROM booking b LEFT JOIN op o ON o.tenant_id = b.tenant_id AND o.op_id = b.op_id
          AND o.booking_no = b.booking_no AND o.device_id = b.device_id AND o.incarnation = b.incarnation
          AND o.seq = b.seq
        WHERE b.tenant_id = $1 AND o.op_id IS NULL) AS unowned,
       (SELECT coalesce(sum(amount_minor), 0)::text FROM posting WHERE tenant_id = $1) AS sum`,
    [device.tenant_id],
  );
  return must(rows[0], 'a count is a row');
}

async function openOf(device: TestDevice): Promise<[number, string][]> {
  const { rows } = await hub.pool.query(
    'SELECT seq::int, reason FROM quarantine WHERE tenant_id = $1 AND resolved_at IS NULL ORDER BY seq',
    [device.tenant_id],
  );
  return rows.map((row) => [row.seq, row.reason]);
}

describe('a person', () => {
  test.each(['suspended', 'revoked'] as const)('books what a %s device has sent', async (state) => {
    const device = await enrolDevice(hub.pool, { state });
    addSales(device, 2);
    await hub.sendAcked(device, batchOf(device));
    const entry = await resolve(device, { note: 'Checked.' });
    expect(entry).toMatchObject({
      ...{ seq: 1, reason: `device_${state}`, resolution: 'booked', note: 'Checked.' },
      ...{ amount_total: '12.50', currency: 'SEK', body: device.entries[0]?.bodyLine },
      resolved_at: new Date(RESOLVED_MS).toISOString(),
    });
    expect(await resolve(device, { note: 'Once more.' })).toEqual(entry);
    expect(await ledgerOf(device)).toEqual({ bookings: 1n, unowned: 0n, sum: '0' });
    expect(await hub.count('posting', device)).toBe(3);
    const { rows } = await hub.pool.query(
      'SELECT received_at, location_id FROM booking WHERE device_id = $1',
      [device.device_id],
    );
    expect(rows).toEqual([{ received_at: new Date(RECEIVED_MS), location_id: device.location_id }]);
    // The batch, sent again, names what still waits.
    expect(await hub.send(device, batchOf(device))).toMatchObject({ quarantined: [{ seq: 2 }] });
  });

  test('books a sale that names another store where its device stands', async () => {
    const device = await enrolDevice(hub.pool);
    addEntry(device, { body: saleBody({ store_id: 'elsewhere' }) });
    await hub.sendAcked(device, batchOf(device));
    expect((await resolve(device)).resolution).toBe('booked');
    expect(await ledgerOf(device)).toEqual({ bookings: 1n, unowned: 0n, sum: '0' });
  });

  test.each([
    [{ body: saleBody({ amount_total: '12.51' }) }, /tenders/],
    [{ body: saleBody({ currency: 'XQQ' }) }, /currency/],
    [{ bodyLine: 'not json' }, /body/],
    [{ kind: 'refund.v9' }, /kind/],
    [{ at: '2026-13-99T99:99:99.000Z' }, /time/],
    // Passing over the store does not pass over the rest.
    [{ body: saleBody({ store_id: 'elsewhere', amount_total: '12.51' }) }, /tenders/],
  ])('cannot book, but dismiss: %j', async (options, sentence) => {
    const device = await enrolDevice(hub.pool);
    addEntry(device, options);
    await hub.sendAcked(device, batchOf(device));
    const refusal = await resolve(device).catch((error) => error);
    expect(refusal).toMatchObject({ code: 'not_bookable', message: expect.stringMatching(sentence) });
    expect(await openOf(device)).toHaveLength(1);
    const dismissed = await resolve(device, { resolution: 'dismiss', note: 'Mended by hand.' });
    expect(dismissed).toMatchObject({ resolution: 'dismissed', note: 'Mended by hand.' });
    expect(await resolve(device, { resolution: 'dismiss' })).toEqual(dismissed);
    expect(await outcome(resolve(device))).toBe('already_resolved');
    expect([await ledgerOf(device), await openOf(device)]).toMatchObject([{ bookings: 0n }, []]);
  });

  test('cannot book a second operation under one op_id, nor decide what does not wait', async () => {
    const device = await enrolDevice(hub.pool);
    const { header } = addEntry(device);
    addEntry(device, { opId: header.op_id });
    await hub.sendAcked(device, batchOf(device));
    expect(await outcome(resolve(device, { seq: 2 }))).toBe('not_bookable');
    expect((await resolve(device, { seq: 2, resolution: 'dismiss' })).resolution).toBe('dismissed');
    expect(await outcome(resolve(device, { seq: 1 }))).toBe('not_found');
    const stranger = await enrolDevice(hub.pool);
    const foreign = { ...requestOf(device, { seq: 2 }), resolution: 'dismiss' } as const;
    const asStranger = transact(hub.pool, (client) =>
      resolveQuarantine(client, { tenantId: stranger.tenant_id, request: foreign, nowMs: RESOLVED_MS }),
    );
    expect(await outcome(asStranger)).toBe('not_found');
    expect(await ledgerOf(device)).toEqual({ bookings: 1n, unowned: 0n, sum: '0' });
  });

  test('does not mend the body that was erased', async () => {
    const device = await enrolDevice(hub.pool, { state: 'revoked' });
    addSales(device, 1);
    await hub.sendAcked(device, batchOf(device));
    await hub.pool.query('UPDATE entry SET body = NULL WHERE device_id = $1', [device.device_id]);
    expect(await outcome(resolve(device))).toBe('not_bookable');
    expect(await resolve(device, { resolution: 'dismiss' })).toMatchObject({
      body: null,
      amount_total: null,
    });
  });

  test('and others at once decide once', async () => {
    const device = await enrolDevice(hub.pool, { state: 'revoked' });
    addSales(device, 1);
    await hub.sendAcked(device, batchOf(device));
    const books = await Promise.all(Array.from({ length: 8 }, () => outcome(resolve(device))));
    expect(books).toEqual(Array.from({ length: 8 }, () => 'done'));
    expect(await ledgerOf(device)).toEqual({ bookings: 1n, unowned: 0n, sum: '0' });
    const mixed = await enrolDevice(hub.pool, { state: 'revoked' });
    addSales(mixed, 1);
    await hub.sendAcked(mixed, batchOf(mixed));
    const [booked, dismissed] = await Promise.all([
      outcome(resolve(mixed)),
      outcome(resolve(mixed, { resolution: 'dismiss' })),
    ]);
    expect([booked, dismissed].sort()).toEqual(['already_resolved', 'done']);
    expect((await ledgerOf(mixed)).bookings).toBe(booked === 'done' ? 1n : 0n);
  });
});

describe('a device that is active again', () => {
  test('has booked in order what it sent, in several pieces, and nothing twice', async () => {
    const device = await enrolDevice(hub.pool, { state: 'suspended' });
    addSales(device, 200);
    addEntry(device, { body: saleBody({ amount_total: '99.00' }) });
    addEntry(device, { body: saleBody({ store_id: 'elsewhere' }) });
    addSales(device, 48);
    await hub.sendAcked(device, batchOf(device));
    expect(await activate(device)).toBe(0);
    await setState(device, 'active');
    const booked = await Promise.all([activate(device), activate(device)]);
    expect(booked.reduce((sum, each) => sum + each)).toBe(248);
    expect(await activate(device)).toBe(0);
    expect(await ledgerOf(device)).toEqual({ bookings: 248n, unowned: 0n, sum: '0' });
    const { rows } = await hub.pool.query(
      'SELECT array_agg(seq ORDER BY booking_no) = array_agg(seq ORDER BY seq) AS sorted FROM booking WHERE device_id = $1',
      [device.device_id],
    );
    expect(rows).toEqual([{ sorted: true }]);
    expect(await openOf(device)).toEqual([
      [201, 'amounts_do_not_add_up'],
      [202, 'wrong_store'],
    ]);
  });

  test('leaves nothing behind of a batch that was under way', async () => {
    const device = await enrolDevice(hub.pool, { state: 'suspended' });
    addSales(device, 3);
    const holder = await hub.pool.connect();
    await holder.query('BEGIN');
    await holder.query(
      "INSERT INTO stream VALUES ($1, $2, $3, $4, 'transactions', 0, decode(repeat('00', 32), 'hex'), 0, now())",
      [device.tenant_id, device.location_id, device.device_id, device.incarnation],
    );
    // The batch has read the state and waits for the stream when the device becomes active.
    const sent = hub.sendAcked(device, batchOf(device));
    for (let waiting = 0; waiting === 0; ) {
      const { rows } = await hub.pool.query(
        'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())',
      );
      waiting = rows[0]?.n;
    }
    await setState(device, 'active');
    expect(await activate(device)).toBe(0);
    await holder.query('ROLLBACK');
    holder.release();
    await sent;
    expect([await openOf(device), await ledgerOf(device)]).toMatchObject([[], { bookings: 3n }]);
  });
});

describe('an operation that waits and comes again', () => {
  async function resolutionsOf(device: TestDevice): Promise<string[]> {
    const { rows } = await hub.pool.query(
      'SELECT resolution FROM quarantine WHERE device_id = $1 AND incarnation = $2 ORDER BY seq',
      [device.device_id, device.incarnation],
    );
    return rows.map((row) => row.resolution);
  }

  function rewrapped(from: TestDevice, as: TestDevice): TestDevice {
    const device: TestDevice = { ...as, incarnation: randomId(systemPorts.random), entries: [] };
    for (const { header, bodyLine } of from.entries) addEntry(device, { opId: header.op_id, bodyLine });
    return device;
  }

  test('under another incarnation or device is booked, and supersedes the one that waited', async () => {
    const revoked = await enrolDevice(hub.pool, { state: 'revoked' });
    addSales(revoked, 3);
    await hub.sendAcked(revoked, batchOf(revoked));
    await resolve(revoked, { seq: 2, resolution: 'dismiss' });
    const { tenant_id: tenantId, location_id: locationId } = revoked;
    const heir = rewrapped(revoked, await enrolDevice(hub.pool, { tenantId, locationId }));
    const [first] = heir.entries;
    // Twice in one batch is once.
    addEntry(heir, { opId: must(first, 'three were sold').header.op_id, bodyLine: first?.bodyLine ?? '' });
    expect(await hub.send(heir, batchOf(heir))).toMatchObject({ answer: 'acked', quarantined: [] });
    expect(await resolutionsOf(revoked)).toEqual(['superseded', 'dismissed', 'superseded']);
    expect(await ledgerOf(revoked)).toEqual({ bookings: 2n, unowned: 0n, sum: '0' });
    const { rows } = await hub.pool.query('SELECT DISTINCT device_id FROM booking WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(rows).toEqual([{ device_id: heir.device_id }]);
    expect((await resolve(revoked)).resolution).toBe('superseded');
    expect(await outcome(resolve(revoked, { resolution: 'dismiss' }))).toBe('already_resolved');
    expect(await hub.send(revoked, batchOf(revoked))).toMatchObject({ quarantined: [] });
  });

  test('goes on waiting while it comes from a device that may not book', async () => {
    const device = await enrolDevice(hub.pool, { state: 'suspended' });
    addSales(device, 2);
    await hub.sendAcked(device, batchOf(device));
    const again = rewrapped(device, device);
    expect(await hub.send(again, batchOf(again))).toMatchObject({ answer: 'acked', quarantined: [] });
    expect(await openOf(device)).toHaveLength(2);
    await setState(device, 'active');
    expect(await activate(device)).toBe(2);
    expect(await ledgerOf(device)).toEqual({ bookings: 2n, unowned: 0n, sum: '0' });
  });

  test('with another body stays a reuse of its id, for the first one waits for what it says', async () => {
    const first = await enrolDevice(hub.pool);
    const { header } = addEntry(first, { body: saleBody({ currency: 'XQQ' }) });
    await hub.sendAcked(first, batchOf(first));
    const { tenant_id: tenantId, location_id: locationId } = first;
    const other = await enrolDevice(hub.pool, { tenantId, locationId });
    addEntry(other, { opId: header.op_id });
    expect(await hub.send(other, batchOf(other))).toMatchObject({
      quarantined: [{ reason: 'op_id_reused' }],
    });
    expect(await openOf(first)).toHaveLength(2);
  });

  test('while a person books it is booked once', async () => {
    const revoked = await enrolDevice(hub.pool, { state: 'revoked' });
    addSales(revoked, 20);
    await hub.sendAcked(revoked, batchOf(revoked));
    const { tenant_id: tenantId, location_id: locationId } = revoked;
    const enrol = () => enrolDevice(hub.pool, { tenantId, locationId });
    const heirs = [rewrapped(revoked, await enrol()), rewrapped(revoked, await enrol())];
    const outcomes = await Promise.all([
      ...heirs.map((heir) => outcome(hub.sendAcked(heir, batchOf(heir)))),
      ...revoked.entries.map(({ header }) => outcome(resolve(revoked, { seq: header.seq }))),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(['done']));
    expect(await ledgerOf(revoked)).toEqual({ bookings: 20n, unowned: 0n, sum: '0' });
    expect(await openOf(revoked)).toEqual([]);
  });

  test('in a JSON batch is booked as well, once', async () => {
    const revoked = await enrolDevice(hub.pool, { state: 'revoked' });
    const { tenant_id: tenantId, location_id: locationId } = revoked;
    const heir = await enrolDevice(hub.pool, { tenantId, locationId });
    const item = {
      ...{ transaction_id: uuidV7(systemPorts), cashier_id: 'anna', amount: '12.50', currency: 'SEK' },
      timestamp: '2026-05-01T14:00:00+02:00',
    };
    const hopeless = { ...item, transaction_id: uuidV7(systemPorts), currency: 'XQQ' };
    const accept = (device: TestDevice) => hub.sendJson(device, [item, hopeless]);
    await accept(revoked);
    expect(await openOf(revoked)).toHaveLength(2);
    await accept(heir);
    await accept(heir);
    expect(await ledgerOf(revoked)).toEqual({ bookings: 1n, unowned: 0n, sum: '0' });
    expect(await hub.count('entry', revoked)).toBe(3);
    expect(await openOf(revoked)).toHaveLength(1);
  });
});

describe('the list', () => {
  test('shows a page by its bytes, and goes on where it ended', async () => {
    const device = await enrolDevice(hub.pool, { state: 'revoked' });
    for (let i = 0; i < 7; i += 1) addEntry(device, { body: saleBody({ payload: 'x'.repeat(250_000) }) });
    await hub.sendAcked(device, batchOf(device, { to: 4 }));
    await hub.sendAcked(device, batchOf(device, { from: 5 }));
    const list = (cursor?: string) =>
      listQuarantine(hub.pool, {
        ...{ tenantId: device.tenant_id, storeId: undefined, state: 'open', limit: 100, cursor },
      });
    const first = await list();
    expect(first.entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    const second = await list(must(first.next_cursor, 'there is more'));
    expect(second.entries.map(({ seq }) => seq)).toEqual([6, 7]);
    expect(second.next_cursor).toBeNull();
  });
});
