import { gzipSync } from 'node:zlib';
import { LIMITS, randomId, systemPorts } from '@holdfast/base';
import { HUB_INCARNATION, type Problem } from '@holdfast/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NDJSON, type TestDevice } from './testing-device.ts';
import { startTestHub, type TestHub } from './testing-hub.ts';

const BATCH = '/api/v1/transactions/batch';
let hub: TestHub;
let device: TestDevice;

beforeAll(async () => {
  hub = await startTestHub();
  device = await hub.enrolled();
});

afterAll(() => hub.close());

async function sendBatch(body: Uint8Array | string, options: { gzip?: boolean; type?: string } = {}) {
  const answer = await device.send({
    method: 'POST',
    path: BATCH,
    body,
    contentType: options.type ?? NDJSON,
    ...(options.gzip === true ? { tampering: { headers: { 'content-encoding': 'gzip' } } } : {}),
  });
  expect(answer.headers.get('edge-nonce')).toHaveLength(64);
  return { status: answer.status, body: (await answer.json()) as Problem & { answer: string } };
}

describe('a batch', () => {
  test('may be compressed', async () => {
    const sale = device.sell('10.00');
    const { status, body } = await sendBatch(gzipSync(device.batch()), { gzip: true });
    expect([status, body]).toMatchObject([200, { answer: 'acked', ack: { acked_seq: sale.header.seq } }]);
  });

  test.each([
    ['empty', () => Buffer.alloc(0)],
    ['not NDJSON', () => Buffer.from('{"half":')],
    ['not UTF-8', () => Buffer.from([0xff, 0xfe, 0x0a])],
    ['another document', () => Buffer.from('{}\n')],
    ['a number', () => Buffer.from('1\n2\n')],
    ['deeply nested', () => Buffer.from(`${'['.repeat(100_000)}\n`)],
  ])('that is %s is a fault of the request', async (_name, make) => {
    const { status, body } = await sendBatch(make());
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.trace_id ?? body.answer).toBeTruthy();
  });

  test('cut short on the way is refused', async () => {
    device.sell('10.00');
    const whole = gzipSync(device.batch());
    const { status } = await sendBatch(whole.subarray(0, whole.length - 20), { gzip: true });
    expect([400, 422]).toContain(status);
    const plain = device.batch();
    const cut = await sendBatch(plain.subarray(0, plain.length - 20));
    expect([400, 422]).toContain(cut.status);
  });

  test('that is not gzip though it says so is refused', async () => {
    const { status } = await sendBatch('plain', { gzip: true });
    expect([400, 422]).toContain(status);
  });

  test('larger than allowed is refused, compressed or not', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * LIMITS.batchRequestBytesMax, 0x20));
    expect(bomb.length).toBeLessThan(LIMITS.batchRequestBytesMax);
    const { status, body } = await sendBatch(bomb, { gzip: true });
    expect([status, body.code]).toEqual([413, 'body_too_large']);
    const large = await fetch(`${hub.url}${BATCH}`, {
      method: 'POST',
      headers: { 'content-type': NDJSON },
      body: new Uint8Array(LIMITS.batchRequestBytesMax + 1),
    });
    expect(large.status).toBe(413);
  });

  test('of another type or encoding is refused', async () => {
    expect((await sendBatch('x', { type: 'text/plain' })).body.code).toBe('unsupported_media_type');
    const answer = await device.send({
      method: 'POST',
      path: BATCH,
      body: device.batch(),
      contentType: NDJSON,
      tampering: { headers: { 'content-encoding': 'br' } },
    });
    expect(answer.status).toBe(415);
  });

  test('without a signature is refused', async () => {
    const answer = await fetch(`${hub.url}${BATCH}`, {
      method: 'POST',
      headers: { 'content-type': NDJSON },
      body: new Uint8Array(device.batch()),
    });
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([401, 'unauthenticated']);
  });
});

describe('a JSON batch', () => {
  const row = {
    transaction_id: 'T-1',
    cashier_id: 'astrid',
    amount: 12.5,
    currency: 'SEK',
    timestamp: '2026-11-20T12:00:00+01:00',
  };

  test('is booked once, however often it is sent', async () => {
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await sendBatch(JSON.stringify([row]), { type: 'application/json' });
      expect([status, body]).toEqual([200, { synced_ids: ['T-1'] }]);
    }
    const { transactions } = await hub.ask<{ transactions: { amount_total: string }[] }>(
      'GET',
      '/central/transactions',
    );
    expect(transactions.filter((transaction) => transaction.amount_total === '12.50')).toHaveLength(1);
  });

  test.each([
    ['not JSON', '[', 400, 'malformed_json'],
    ['not a list', '{}', 422, 'invalid_request'],
    ['a row without an id', JSON.stringify([{ ...row, transaction_id: undefined }]), 422, 'invalid_request'],
    [
      'an id of half a character',
      JSON.stringify([{ ...row, transaction_id: '\ud800' }]),
      422,
      'invalid_request',
    ],
    ['a time that is none', JSON.stringify([{ ...row, timestamp: 'noon' }]), 422, 'invalid_request'],
  ])('that is %s is a fault of the request', async (_name, text, status, code) => {
    const answer = await sendBatch(text, { type: 'application/json' });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe('other bodies', () => {
  test.each([
    ['POST', '/api/v1/claims', '{', 400, 'malformed_json'],
    ['POST', '/api/v1/claims', '{}', 422, 'invalid_request'],
    ['POST', '/api/v1/claims', '{"store_id":"nowhere"}', 404, 'not_found'],
    ['POST', '/api/v1/claims', '{"store_id":"a\\u0000b"}', 422, 'invalid_request'],
    ['PATCH', '/api/v1/devices/x', '{"state":"active"}', 404, 'not_found'],
    ['PUT', '/api/v1/catalogue/A', '{"name":"A","price":"1.005","currency":"SEK"}', 422, 'amount_precision'],
    ['PUT', '/api/v1/catalogue/A', '{"name":"A","price":"-1","currency":"SEK"}', 422, 'amount_out_of_range'],
    ['PUT', '/api/v1/catalogue/A', '{"name":"A","price":"1","currency":"XXQ"}', 422, 'unknown_currency'],
    ['PUT', '/api/v1/staff/x', '{"name":"X","role":"cashier","pin":"12"}', 422, 'invalid_request'],
    ['PUT', '/api/v1/staff/x', '{"name":"X","role":"owner","pin":"1234"}', 422, 'invalid_request'],
  ])('%s %s %s', async (method, path, text, status, code) => {
    const answer = await fetch(`${hub.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${hub.hub.operatorToken}`, 'content-type': 'application/json' },
      body: text,
    });
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([status, code]);
  });
});

describe('a heartbeat', () => {
  const stream = {
    incarnation: 'a'.repeat(32),
    lane: 'transactions',
    tip_seq: Number.MAX_SAFE_INTEGER,
    tip_hash: 'b'.repeat(64),
    acked_seq: 0,
    oldest_unacked_at: '2026-13-45T99:99:99.999Z',
  };
  const streamsOf = async () => {
    const { devices } = await hub.ask<{ devices: { device_id: string; streams: { tip_seq: number }[] }[] }>(
      'GET',
      '/api/v1/devices',
    );
    return devices.find(({ device_id }) => device_id === device.deviceId())?.streams ?? [];
  };
  const beat = (body: object) =>
    device.send({
      method: 'POST',
      path: `/api/v1/devices/${device.deviceId()}/heartbeat`,
      body: JSON.stringify({ boot: device.boot, software_version: '1', ...body }),
    });

  test('with a time that is none, a stream told twice and the largest numbers is taken', async () => {
    expect((await beat({ streams: [stream, { ...stream, tip_seq: 3 }] })).status).toBe(200);
    expect(
      (await beat({ streams: [{ ...stream, oldest_unacked_at: '0000-02-31T00:00:00.000Z' }] })).status,
    ).toBe(200);
  });

  test('that cannot be kept is refused', async () => {
    expect((await beat({ streams: [], software_version: 'a\u0000b' })).status).toBe(422);
    expect((await beat({ streams: [{ ...stream, lane: 'made-up' }] })).status).toBe(422);
    expect((await beat({ streams: [{ ...stream, incarnation: HUB_INCARNATION }] })).status).toBe(422);
    expect((await beat({ streams: Array.from({ length: 65 }, () => stream) })).status).toBe(422);
  });

  test('that claims what no store can hold is not believed', async () => {
    const [known, odd] = ['c'.repeat(32), 'd'.repeat(32)];
    const told = [
      { ...stream, incarnation: known, tip_seq: 100_000_000 },
      { ...stream, incarnation: odd, tip_seq: 100_000_001 },
    ];
    expect((await beat({ streams: told })).status).toBe(200);
    const tips = (await streamsOf()).map(({ tip_seq }) => tip_seq);
    expect([tips.includes(100_000_000), tips.includes(100_000_001)]).toEqual([true, false]);
  });

  test('cannot make streams without end: those that came to something are kept', async () => {
    const sale = device.sell('10.00');
    await sendBatch(device.batch());
    const invented = () => ({ ...stream, incarnation: randomId(systemPorts.random), tip_seq: 1 });
    for (let i = 0; i < 6; i += 1) {
      expect((await beat({ streams: Array.from({ length: 64 }, invented) })).status).toBe(200);
    }
    const { rows } = await hub.hub.context.pool.query(
      'SELECT count(*)::int AS n, count(*) FILTER (WHERE incarnation = $2)::int AS own FROM stream_report WHERE device_id = $1',
      [device.deviceId(), device.incarnation],
    );
    expect(rows).toEqual([{ n: 256, own: 1 }]);
    expect(await streamsOf()).toHaveLength(16);
    const books = await hub.ask<{ streams: unknown[]; next_cursor: string }>(
      'GET',
      '/api/v1/reconciliation?limit=100',
    );
    expect(books.streams).toHaveLength(100);
    const rest = await hub.ask<{ streams: unknown[]; next_cursor: null }>(
      'GET',
      `/api/v1/reconciliation?cursor=${books.next_cursor}`,
    );
    expect([rest.streams.length, rest.next_cursor]).toEqual([256 - 100, null]);
    expect(sale.header.seq).toBe(device.entries.length);
  });
});
