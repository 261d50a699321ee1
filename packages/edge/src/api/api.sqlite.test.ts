import { LIMITS, systemPorts, uuidV7 } from '@holdfast/base';
import { EdgeTransactionList } from '@holdfast/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saleText, testEdge } from '../testing.ts';

let edge: Awaited<ReturnType<typeof testEdge>>;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(async () => await edge.close());

const post = async (body: string | Buffer, headers: Record<string, string> = {}) =>
  await edge.ask('/edge/transactions', { method: 'POST', body: body as string, headers });
const json = async (response: Response) => (await response.json()) as Record<string, unknown>; // Each test says what it expects.

async function refusal(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await post(body, headers);
  const problem = await json(response);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(JSON.stringify(problem)).not.toContain('node_modules');
  return [response.status, problem.code];
}

describe('POST /edge/transactions', () => {
  it('takes a sale, and repeats its answer', async () => {
    const headers = { 'idempotency-key': uuidV7(systemPorts) };
    const first = await post(saleText(), headers);
    const second = await post(saleText(), headers);
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    const body = await json(first);
    expect(body).toMatchObject({
      edge_transaction_id: headers['idempotency-key'],
      amount_total: '45.00',
      currency: 'SEK',
    });
    expect(await json(second)).toEqual(body);
  });

  it('counts cash, and gives change', async () => {
    const taken = await json(await post(saleText('45.00', { tenders: [{ type: 'cash', amount: '100' }] })));
    expect(taken).toMatchObject({ amount_total: '45.00', change: '55.00' });
    expect(await refusal(saleText('45.00', { tenders: [{ type: 'cash', amount: 44.99 }] }))).toEqual([
      422,
      'tenders_insufficient',
    ]);
  });

  it('keeps the posted text to the letter', async () => {
    const text = `  ${saleText('12.50', { note: 'å"\\ \u{1F950}', customer_reference: 'bord 4' })}\n`;
    const { edge_transaction_id: id } = await json(await post(text));
    const row = await json(await edge.ask(`/edge/transactions/${String(id)}`));
    expect(row).toMatchObject({
      payload_json: text,
      customer_reference: 'bord 4',
      flags: ['unknown_article'],
    });
  });

  it('refuses what is wrong with a stable code, never with a 500', async () => {
    const item = { sku: 'a', name: 'b', quantity: 1, unit_price: 1 };
    const items = (more: object) => saleText(1, { items: [{ ...item, ...more }] });
    const cases: [string | Buffer, number, string][] = [
      ['', 400, 'malformed_json'],
      ['{', 400, 'malformed_json'],
      [Buffer.from([0xff, 0xfe, 0x7b]), 400, 'malformed_json'],
      ['null', 422, 'invalid_request'],
      ['[]', 422, 'invalid_request'],
      ['"x"', 422, 'invalid_request'],
      [saleText(1, { items: [] }), 422, 'invalid_request'],
      [saleText(1, { cashier_id: '' }), 422, 'invalid_request'],
      [saleText(1, { cashier_id: 'x'.repeat(65) }), 422, 'invalid_request'],
      [saleText(1, { cashier_id: 'a\u0000b' }), 422, 'invalid_request'],
      [items({ quantity: 0 }), 422, 'invalid_request'],
      [items({ quantity: -1 }), 422, 'invalid_request'],
      [items({ quantity: 1.5 }), 422, 'invalid_request'],
      [items({ quantity: 1e300 }), 422, 'invalid_request'],
      [items({ unit_price: -0.01 }), 422, 'invalid_request'],
      [items({ unit_price: 0 }), 422, 'invalid_request'],
      [items({ unit_price: 'NaN' }), 422, 'invalid_request'],
      [items({ unit_price: 0.001 }), 422, 'amount_precision'],
      [items({ unit_price: '9'.repeat(15) }), 422, 'amount_out_of_range'],
      [saleText(1, { currency: 'XXQ' }), 422, 'unknown_currency'],
      [saleText(1, { currency: 'sek' }), 422, 'invalid_request'],
      [saleText(1, { tenders: [{ type: 'card', amount: 1 }] }), 422, 'invalid_request'],
      [`{"__proto__":{"cashier_id":"x"}}`, 422, 'invalid_request'],
      [
        JSON.stringify({
          cashier_id: 'a',
          items: Array.from({ length: LIMITS.saleItemsMax + 1 }, () => item),
        }),
        422,
        'invalid_request',
      ],
      [
        JSON.stringify({ cashier_id: 'a', items: Array.from({ length: 1_000_000 }, () => item) }),
        413,
        'body_too_large',
      ],
    ];
    for (const [body, status, code] of cases)
      expect([body.slice(0, 80), ...(await refusal(body))]).toEqual([body.slice(0, 80), status, code]);
  });

  it('refuses wrong keys, types and callers', async () => {
    expect(await refusal(saleText(), { 'idempotency-key': 'x'.repeat(256) })).toEqual([
      400,
      'invalid_idempotency_key',
    ]);
    expect(await refusal(saleText(), { 'content-type': 'text/plain' })).toEqual([
      415,
      'unsupported_media_type',
    ]);
    expect(await refusal(saleText(), { authorization: 'Bearer wrong' })).toEqual([401, 'unauthenticated']);
    expect(await refusal(saleText(), { authorization: '' })).toEqual([401, 'unauthenticated']);
  });
});

describe('GET /edge/transactions', () => {
  it('pages through everything once, newest first', async () => {
    for (let i = 0; i < 7; i += 1) await post(saleText());
    const seen: number[] = [];
    let cursor: unknown = null;
    do {
      const query = cursor === null ? '' : `&cursor=${String(cursor)}`;
      const page = EdgeTransactionList.parse(
        await json(await edge.ask(`/edge/transactions?limit=3${query}`)),
      );
      seen.push(...page.transactions.map((row) => row.seq));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => seen.length - i));
    expect((await json(await edge.ask('/edge/transactions?synced=true'))).transactions).toEqual([]);
  });

  it('refuses limits and cursors that are not its own', async () => {
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'synced=maybe', 'cursor=-1', 'cursor=abc'])
      expect([query, (await edge.ask(`/edge/transactions?${query}`)).status]).toEqual([query, 400]);
  });
});

describe('receipts', () => {
  it('come as text, picture and printer bytes, each with the code', async () => {
    const { edge_transaction_id: id, receipt_code: code } = await json(await post(saleText()));
    const text = await (await edge.ask(`/edge/transactions/${String(id)}/receipt.txt?width=32`)).text();
    expect(text).toContain(String(code));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(32);
    expect(await (await edge.ask(`/edge/transactions/${String(id)}/receipt.svg`)).text()).toContain('<svg');
    const bytes = Buffer.from(
      await (await edge.ask(`/edge/transactions/${String(id)}/receipt.escpos`)).arrayBuffer(),
    );
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0x1b, 0x40]));
    expect(bytes.includes(String(code))).toBe(true);
    expect((await edge.ask(`/edge/transactions/${uuidV7(systemPorts)}/receipt.txt`)).status).toBe(404);
  });
});

describe('terminals and people', () => {
  it('pair with a code that is good once, and cannot sell before somebody signs in', async () => {
    const { pairing_code } = await json(await edge.ask('/api/v1/pairing-codes', { method: 'POST' }));
    const pair = async () =>
      await edge.ask('/api/v1/pair', {
        method: 'POST',
        headers: { authorization: '' },
        body: JSON.stringify({ pairing_code: String(pairing_code).toLowerCase(), terminal_name: 'Till 1' }),
      });
    const paired = await pair();
    expect(paired.status).toBe(201);
    expect((await pair()).status).toBe(403);
    const { token, terminal_id } = await json(paired);
    const headers = { authorization: `Bearer ${String(token)}` };
    expect((await edge.ask('/api/v1/status', { headers })).status).toBe(200);
    expect(await refusal(saleText(), headers)).toEqual([403, 'sign_in_required']);
    expect((await edge.ask(`/api/v1/terminals/${String(terminal_id)}`, { method: 'DELETE' })).status).toBe(
      204,
    );
    expect((await edge.ask('/api/v1/status', { headers })).status).toBe(401);
  });

  it('are locked after five wrong PINs, also for the right one', async () => {
    const pin_hash = await edge.edge.context.pins.hash('1234');
    await edge.edge.context.writer.submit({
      type: 'feed',
      page: {
        generation: 'a'.repeat(32),
        reset: true,
        changes: [
          {
            scope: 'tenant:x',
            version: 1,
            collection: 'staff',
            key: 'astrid',
            value: { staff_id: 'astrid', name: 'Astrid', role: 'cashier', pin_hash },
          },
        ],
        includes: [],
        cursor: 'c',
        more: false,
        server_time: '2026-01-01T00:00:00.000Z',
      },
    });
    const { pairing_code } = await json(await edge.ask('/api/v1/pairing-codes', { method: 'POST' }));
    const { token } = await json(
      await edge.ask('/api/v1/pair', {
        method: 'POST',
        body: JSON.stringify({ pairing_code, terminal_name: 'Till 2' }),
      }),
    );
    const signIn = async (pin: string) =>
      await edge.ask('/api/v1/sessions', {
        method: 'POST',
        headers: { authorization: `Bearer ${String(token)}` },
        body: JSON.stringify({ staff_id: 'astrid', pin }),
      });
    const session = await json(await signIn('1234'));
    const asAstrid = { authorization: `Bearer ${String(session.token)}` };
    expect((await post(saleText(), asAstrid)).status).toBe(201);
    expect(await refusal(saleText('1', { cashier_id: 'maja' }), asAstrid)).toEqual([403, 'forbidden']);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await signIn('0000')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429]);
    const locked = await signIn('1234');
    expect([locked.status, Number(locked.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await edge.ask('/api/v1/sessions', { method: 'DELETE', headers: asAstrid })).status).toBe(204);
    expect((await post(saleText(), asAstrid)).status).toBe(401);
  });
});

describe('a full disk', () => {
  it('refuses the next sale before anything is taken', async () => {
    const full = await testEdge({ '--free-bytes-min': String(2 ** 50) });
    const response = await full.ask('/edge/transactions', { method: 'POST', body: saleText() });
    expect([response.status, (await json(response)).code]).toEqual([507, 'no_room']);
    expect((await json(await full.ask('/edge/transactions'))).transactions).toEqual([]);
    await full.close();
  });
});
