/** Whatever an enrolled device seals, the books stay true: they verify, and the archive gives the same ones back. */
import { systemPorts, uuidV7 } from '@holdfast/base';
import { bodyHash, entryHash, GENESIS } from '@holdfast/journal';
import { verifyExport } from '@holdfast/verify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NDJSON, type TestDevice } from '../api/testing-device.ts';
import { beginHubLife, type HubLife } from '../backup/testing-life.ts';
import { exportHub } from './export-hub.ts';

let life: HubLife;
beforeEach(async () => {
  life = await beginHubLife();
  await life.start();
});
afterEach(async () => await life.close());

const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const SALE = {
  cashier_id: 'astrid',
  store_id: null,
  customer_reference: null,
  currency: 'SEK',
  amount_total: '1.00',
  tenders: [{ type: 'cash', amount: '1.00' }],
  change: '0.00',
  flags: [],
  payload: '{}',
};
const asLine = (body: string) => `{"salt":"AAAAAAAAAAAAAAAAAAAAAA","body":${body}}`;
const sale = (changes: object) => asLine(JSON.stringify({ ...SALE, ...changes }));
const paid = (amount_total: string, amount: string, more = {}) =>
  sale({ amount_total, tenders: [{ type: 'cash', amount }], ...more });

const BODIES = [
  ...['', 'null', '{}', DEEP, asLine(DEEP), ` ${sale({})} `, `\ufeff${sale({})}`, `${sale({})}\u0000`],
  ...[sale({ z: 1 }), sale({ currency: 'XXX' }), sale({ currency: 'VED' }), sale({ tenders: [] })],
  ...[paid('-0.00', '0'), paid('0', '-0'), paid('1.001', '1.001'), paid('1.000', '1.0000')],
  ...[paid('9999999999999.99', '9999999999999.99'), paid('999999999999999', '999999999999999')],
  ...[paid('1.0001', '1.0001', { currency: 'UYW' }), paid('1', '1', { currency: 'JPY', change: '0' })],
  sale({ tenders: Array.from({ length: 17 }, () => ({ type: 'cash', amount: '0' })) }),
  ...['', '\u2028\u202e', '\u0085', '\\N', '\ue000\uffff', '\ud800', '\u{1F600}'.repeat(33)].flatMap(
    (text) => [sale({ cashier_id: text }), sale({ customer_reference: text })],
  ),
  ...[sale({ store_id: 'other' }), sale({ store_id: '' }), sale({ payload: '\u0000\ud800' })],
  ...[sale({ flags: ['\u0000'] }), sale({ flags: ['x'.repeat(65)] })],
  asLine(JSON.stringify(SALE).replace('{', '{"amount_total":"2.00","__proto__":{"currency":"EUR"},')),
  asLine(JSON.stringify({ ...SALE, currency: undefined }).replace('{', '{"__proto__":{"currency":"SEK"},')),
];
const HEADERS = [
  ...['2026-02-31T10:00:00.000Z', '2026-13-01T10:00:00.000Z', '2026-01-01T24:00:00.000Z'].map((at) => ({
    at,
  })),
  ...['0000-01-01T00:00:00.000Z', '2300-07-01T12:34:56.789Z', '9999-12-31T23:59:59.999Z'].map((at) => ({
    at,
  })),
  ...[{ v: 2 }, { v: 1e15 }, { kind: 'sale.x' }, { z: 1 }, { staff_id: '\u202e' }],
];

/** Appends an entry of any text, in a chain that holds. */
function write(
  device: TestDevice,
  { body = sale({}), header = {} }: { body?: string; header?: object },
): void {
  const place = {
    v: 1,
    device_id: device.deviceId(),
    incarnation: device.incarnation,
    lane: 'transactions' as const,
    seq: device.entries.length + 1,
    op_id: uuidV7(systemPorts),
    kind: 'sale',
    at: '2026-11-20T10:00:00.000Z',
    terminal_id: null,
    staff_id: 'astrid',
    body_hash: bodyHash(Buffer.from(body)),
    ...header,
  };
  // What a member says twice, it says the last time.
  const headerLine = JSON.stringify(place).replace('{', '{"seq":7,');
  const hash = entryHash(device.entries.at(-1)?.hash ?? GENESIS, Buffer.from(headerLine));
  device.entries.push({ header: place, headerLine, bodyLine: body, hash });
}

async function findings(): Promise<unknown> {
  const { pool, keys } = life.hub.context;
  const { archiveFolder } = life.settings;
  const records = exportHub(pool, { nowMs: 0, archiveFolder });
  return (await verifyExport(records, { macKey: keys.macKey })).findings;
}

async function books(): Promise<unknown> {
  const { pool } = life.hub.context;
  const { rows } = await pool.query(
    `SELECT e.seq, e.body, q.reason, b.booking_no, b.created_at::text, b.amount_minor, b.customer_reference
     FROM entry e LEFT JOIN quarantine q USING (device_id, seq) LEFT JOIN booking b USING (device_id, seq)
     ORDER BY e.seq`,
  );
  return rows;
}

test('whatever a device seals is kept, booked or put aside, and verifies; so it does after a replay', async () => {
  const device = await life.enrolled();
  for (const body of BODIES) write(device, { body });
  for (const header of HEADERS) write(device, { header });
  const request = { method: 'POST', path: '/api/v1/transactions/batch', contentType: NDJSON };
  const answer = await device.send({ ...request, body: device.batch() });
  expect(await answer.json()).toMatchObject({
    answer: 'acked',
    ack: { acked_seq: BODIES.length + HEADERS.length },
  });
  expect(await findings()).toEqual([]);
  const before = await books();
  await life.stop();
  const { replay } = await life.restore({ kind: 'archive' });
  expect([replay.damaged, replay.gaps]).toEqual([[], []]);
  await life.start();
  expect(await findings()).toEqual([]);
  expect(await books()).toEqual(before);
});
