/**
 * The hub agrees with the vectors of the protocol, and with the reader of sales that verifies its bookings: two
 * programs written apart, compared over sales that are almost right.
 */
import { readFileSync } from 'node:fs';
import type { AckStatement } from '@holdfast/protocol';
import { readContent } from '@holdfast/verify';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOurAck } from './ack.ts';
import { judge } from './judge.ts';
import { saleBody } from './testing.ts';

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../../docs/vectors/${name}`, import.meta.url), 'utf8'));

type Header = { v: number; kind: string; at: string };

/** What the hub books, in the words of the vectors. */
function judged(header: Header, bodyLine: string, storeId: string): object {
  const names = { op_id: '01937f4e-5a60-7c3e-9c1b-2f6d0a4b8e12', body_hash: '0'.repeat(64) };
  const entry = { header: { ...header, ...names }, bodyLine: Buffer.from(bodyLine) };
  const judgement = judge(entry, { state: 'active', store_id: storeId });
  if (judgement.kind === 'quarantine') return { reason: judgement.reason };
  return {
    postings: judgement.booking.postings.map(({ account, amountMinor }) => [account, String(amountMinor)]),
    created_at: new Date(judgement.booking.createdAtMs).toISOString(),
  };
}

function verified(header: Header, bodyLine: string, storeId: string): object {
  const content = readContent(header, bodyLine, storeId);
  if (content.kind === 'refused') return { reason: content.reason };
  return {
    postings: content.sale.lines.map(({ account, amount }) => [account, String(amount)]),
    created_at: new Date(content.sale.atMs).toISOString(),
  };
}

it('books the sales of the vectors as they say', () => {
  type Vector = { what: string; store_id: string; header: Header; body_line: string };
  for (const vector of read<Vector[]>('sales.json')) {
    const found = judged(vector.header, vector.body_line, vector.store_id);
    expect([vector.what, vector]).toMatchObject([vector.what, found]);
  }
});

it('knows its acks as the vectors do', () => {
  const vectors = read<{ mac_key: string; valid: AckStatement[]; invalid: AckStatement[] }>('acks.json');
  const key = Buffer.from(vectors.mac_key, 'hex');
  expect(vectors.valid.map((ack) => isOurAck(key, ack))).toEqual([true]);
  expect(vectors.invalid.map((ack) => isOurAck(key, ack))).toEqual([false, false, false, false]);
});

it('reads every sale as the verification does', () => {
  const amount = fc.oneof(
    fc.constantFrom(
      '0',
      '0.00',
      '-0',
      '1',
      '12.50',
      '12.5',
      '12.500',
      '12.505',
      '9999999999999.99',
      '01',
      '1.',
      '.5',
    ),
    fc.constantFrom(
      '10000000000000.00',
      '999999999999999',
      '999999999999999.9999',
      '1e3',
      '+1',
      ' 1',
      '1,0',
      '',
    ),
    fc.integer({ min: -200, max: 2000 }).map((minor) => (minor / 100).toFixed(2)),
  );
  const currency = fc.constantFrom('SEK', 'JPY', 'KWD', 'CLF', 'XXX', 'MGA', 'sek', 'XAU');
  const text = fc.oneof(
    fc.constantFrom('anna', '', '\u0000', '\ud800', 'x'.repeat(65), 'x'.repeat(129)),
    fc.string(),
  );
  const nearly = fc.record(
    {
      amount_total: amount,
      change: amount,
      tenders: fc.array(fc.record({ type: fc.constantFrom('cash', '', 'x'.repeat(33)), amount }), {
        maxLength: 18,
      }),
      currency,
      cashier_id: text,
      customer_reference: fc.option(text),
      store_id: fc.option(fc.constantFrom('store-1', 'store-2', '')),
      flags: fc.array(text, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  const at = fc.constantFrom(
    '2026-05-01T12:00:00.000Z',
    '2026-02-31T12:00:00.000Z',
    '2026-13-01T12:00:00.000Z',
  );
  const exact = fc
    .record({ total: fc.bigInt(0n, 10n ** 15n), change: fc.bigInt(0n, 10_000n) })
    .map(({ total, change }) => ({
      currency: 'JPY',
      amount_total: String(total),
      change: String(change),
      tenders: [{ type: 'cash', amount: String(total + change) }],
    }));
  fc.assert(
    fc.property(fc.oneof(nearly, exact), at, fc.constantFrom(1, 2), (changes, time, v) => {
      const header = { v, kind: 'sale', at: time };
      const line = `{"salt":"AAECAwQFBgcICQoLDA0ODw","body":${JSON.stringify({ ...saleBody(), ...changes })}}`;
      expect(verified(header, line, 'store-1')).toEqual(judged(header, line, 'store-1'));
    }),
    { numRuns: 3_000 },
  );
});
