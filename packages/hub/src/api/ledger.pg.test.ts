import { LIMITS, randomId, systemPorts } from '@holdfast/base';
import { receiptCode } from '@holdfast/journal';
import type {
  BatchAnswer,
  CentralTransaction,
  CentralTransactionList,
  Problem,
  Reconciliation,
} from '@holdfast/protocol';
import { Reconciliation as ReconciliationSchema } from '@holdfast/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NDJSON, type TestDevice } from './testing-device.ts';
import { startTestHub, TEST_STORE, type TestHub } from './testing-hub.ts';

let hub: TestHub;

beforeEach(async () => {
  hub = await startTestHub();
});

afterEach(() => hub.close());

async function upload(device: TestDevice, firstSeq = 1): Promise<BatchAnswer> {
  const answer = await device.send({
    method: 'POST',
    path: '/api/v1/transactions/batch',
    body: device.batch(firstSeq),
    contentType: NDJSON,
  });
  const known = (await answer.json()) as BatchAnswer;
  if (known.answer === 'acked') device.lastAck = known.ack;
  return known;
}

async function reconciliation(query = `?store_id=${TEST_STORE.store_id}`): Promise<Reconciliation> {
  return ReconciliationSchema.parse(await hub.ask('GET', `/api/v1/reconciliation${query}`));
}

async function heartbeat(device: TestDevice, tip: { seq: number; hash: string }): Promise<number> {
  const answer = await device.send({
    method: 'POST',
    path: `/api/v1/devices/${device.deviceId()}/heartbeat`,
    body: JSON.stringify({
      boot: device.boot,
      software_version: '0.2.0',
      streams: [
        {
          incarnation: device.incarnation,
          lane: 'transactions',
          tip_seq: tip.seq,
          tip_hash: tip.hash,
          acked_seq: 0,
          oldest_unacked_at: '2026-11-20T12:00:00.000Z',
        },
      ],
    }),
  });
  return answer.status;
}

describe('the list of transactions', () => {
  test('shows what was posted, newest first, in pages without holes or doubles', async () => {
    const device = await hub.enrolled();
    const sold = Array.from({ length: 7 }, (_, index) =>
      device.sell(`${index + 1}.50`, `{ "n": ${index}.0 }`),
    );
    expect((await upload(device)).answer).toBe('acked');
    const shown: CentralTransaction[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: CentralTransactionList = await hub.ask(
        'GET',
        `/central/transactions?limit=3&store_id=${TEST_STORE.store_id}${cursor && `&cursor=${cursor}`}`,
      );
      shown.push(...page.transactions);
      cursor = page.next_cursor;
    }
    expect(shown.map((row) => row.edge_transaction_id)).toEqual(
      sold.map(({ header }) => header.op_id).reverse(),
    );
    const [entry] = sold;
    expect(shown.at(-1)).toMatchObject({
      amount_total: '1.50',
      currency: 'SEK',
      cashier_id: 'astrid',
      store_id: TEST_STORE.store_id,
      payload_json: '{ "n": 0.0 }',
      device_id: device.deviceId(),
      created_at: entry?.header.at,
      receipt_code: receiptCode(entry?.header.op_id ?? '', entry?.header.body_hash ?? ''),
    });
  });

  test('ends a page where its bodies get too large, with one row at least', async () => {
    const device = await hub.enrolled();
    const large = Math.floor(LIMITS.pageBytesMax / 2.5);
    const sold: string[] = [];
    for (const bytes of [10, large, large, large, 10]) {
      sold.push(device.sell('1.00', 'x'.repeat(bytes)).header.op_id);
      expect((await upload(device, sold.length)).answer).toBe('acked');
    }
    const pages: string[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: CentralTransactionList = await hub.ask(
        'GET',
        `/central/transactions?limit=5${cursor && `&cursor=${cursor}`}`,
      );
      pages.push(page.transactions.map((row) => row.edge_transaction_id));
      cursor = page.next_cursor;
    }
    expect(pages.map((page) => page.length)).toEqual([3, 2]);
    expect(pages.flat()).toEqual(sold.toReversed());
  });

  test('is of one store, or of all', async () => {
    const other = { ...TEST_STORE, store_id: 'GBG-001', name: 'Järntorget' };
    await hub.ask('POST', '/api/v1/locations', other);
    const [here, there] = [await hub.enrolled(), await hub.enrolled(other.store_id)];
    here.sell('10.00');
    there.sell('20.00');
    await upload(here);
    await upload(there);
    const list = (query: string) => hub.ask<CentralTransactionList>('GET', `/central/transactions${query}`);
    expect((await list('?store_id=GBG-001')).transactions.map((row) => row.amount_total)).toEqual(['20.00']);
    expect((await list('')).transactions.map((row) => row.amount_total)).toEqual(['20.00', '10.00']);
    expect((await list('?store_id=nowhere')).transactions).toEqual([]);
  });

  test.each([
    ['limit=0', 'invalid_query'],
    ['limit=1001', 'invalid_query'],
    ['limit=ten', 'invalid_query'],
    ['cursor=made-up', 'invalid_cursor'],
    ['cursor=%F0%9F%8D%95', 'invalid_cursor'],
  ])('refuses %s', async (query, code) => {
    const answer = await hub.operate('GET', `/central/transactions?${query}`);
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([400, code]);
  });

  test('shows nothing of another tenant', async () => {
    const device = await hub.enrolled();
    device.sell('10.00');
    await upload(device);
    const { pool } = hub.hub.context;
    const foreign = 'b0000000-0000-4000-8000-000000000000';
    await pool.query('UPDATE booking SET tenant_id = $1', [foreign]);
    await pool.query('UPDATE location SET tenant_id = $1', [foreign]);
    await pool.query('UPDATE device SET tenant_id = $1', [foreign]);
    expect((await hub.ask<CentralTransactionList>('GET', '/central/transactions')).transactions).toEqual([]);
    expect(await hub.ask('GET', '/api/v1/devices')).toEqual({ devices: [], next_cursor: null });
    expect(
      (await hub.operate('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'revoked' })).status,
    ).toBe(404);
    expect((await hub.operate('POST', '/api/v1/claims', { store_id: TEST_STORE.store_id })).status).toBe(404);
  });
});

describe('the reconciliation', () => {
  test('of a store where nothing happened is empty and balanced', async () => {
    expect(await reconciliation()).toMatchObject({ streams: [], totals: [], accounts: [], balanced: true });
    expect((await hub.operate('GET', '/api/v1/reconciliation?store_id=nowhere')).status).toBe(404);
  });

  test('holds what devices report against the ledger', async () => {
    const device = await hub.enrolled();
    device.sell('10.00');
    device.sell('2.50');
    await upload(device);
    const last = device.sell('4.00');
    expect(await heartbeat(device, { seq: 3, hash: last.hash.toString('hex') })).toBe(200);
    const waiting = await reconciliation();
    expect(waiting).toMatchObject({
      store_id: TEST_STORE.store_id,
      totals: [{ currency: 'SEK', count: 2, amount: '12.50' }],
      accounts: [
        { account: 'cash_drawer', currency: 'SEK', balance: '12.50' },
        { account: 'sales', currency: 'SEK', balance: '-12.50' },
      ],
      balanced: true,
    });
    expect(waiting.streams).toHaveLength(1);
    expect(waiting.streams[0]).toMatchObject({
      device_id: device.deviceId(),
      acked_seq: 2,
      head_hash: device.entries[1]?.hash.toString('hex'),
      entries: 2,
      sums: [{ currency: 'SEK', count: 2, amount: '12.50' }],
      quarantined: 0,
      missing: 1,
      gaps: [],
      state: 'waiting',
      reported: { tip_seq: 3, tip_hash: last.hash.toString('hex') },
    });
    await upload(device, 3);
    expect((await reconciliation()).streams[0]).toMatchObject({
      acked_seq: 3,
      missing: 0,
      state: 'complete',
    });
    const listed = await hub.ask<{ devices: { software_version: string; streams: unknown[] }[] }>(
      'GET',
      '/api/v1/devices',
    );
    expect(listed.devices).toMatchObject([
      { software_version: '0.2.0', streams: [{ acked_seq: 3, tip_seq: 3, lane: 'transactions' }] },
    ]);
  });

  test('shows a device that has reported and sent nothing', async () => {
    const device = await hub.enrolled();
    await heartbeat(device, { seq: 5, hash: 'ab'.repeat(32) });
    expect((await reconciliation('')).streams).toMatchObject([
      { acked_seq: 0, missing: 5, entries: 0, state: 'waiting', head_hash: '0'.repeat(64) },
    ]);
  });

  test('tells an old report from another history', async () => {
    const device = await hub.enrolled();
    device.sell('10.00');
    device.sell('2.50');
    await upload(device);
    await heartbeat(device, { seq: 1, hash: device.entries[0]?.hash.toString('hex') ?? '' });
    expect((await reconciliation()).streams[0]).toMatchObject({ state: 'complete', missing: 0 });
    await heartbeat(device, { seq: 2, hash: 'cd'.repeat(32) });
    expect((await reconciliation()).streams[0]).toMatchObject({ state: 'fork' });
  });

  test('finds holes wherever they are', async () => {
    const device = await hub.enrolled();
    for (let i = 0; i < 10; i += 1) device.sell('1.00');
    await upload(device);
    await hub.hub.context.pool.query('DELETE FROM entry WHERE seq IN (1, 4, 5, 10)');
    expect((await reconciliation()).streams[0]).toMatchObject({
      entries: 6,
      missing: 4,
      state: 'waiting',
      gaps: [
        { from_seq: 1, to_seq: 1 },
        { from_seq: 4, to_seq: 5 },
        { from_seq: 10, to_seq: 10 },
      ],
    });
  });

  test('counts what waits for a person', async () => {
    const device = await hub.enrolled();
    await hub.ask('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'revoked' });
    device.sell('10.00');
    await upload(device);
    expect(await reconciliation()).toMatchObject({
      streams: [{ device_state: 'revoked', acked_seq: 1, quarantined: 1, sums: [] }],
      totals: [],
      balanced: true,
    });
  });

  test('does not listen to a process that another one has superseded', async () => {
    const device = await hub.enrolled();
    device.sell('10.00');
    await upload(device);
    const { pool } = hub.hub.context;
    await pool.query('UPDATE boot SET superseded_at = $1', [new Date(0)]);
    await heartbeat(device, { seq: 9, hash: randomId(systemPorts.random).repeat(2) });
    expect((await reconciliation()).streams[0]?.reported).toMatchObject({ tip_seq: 1 });
  });
});
