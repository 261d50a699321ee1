import { LIMITS } from '@holdfast/base';
import { toDecimal } from '@holdfast/money';
import type { EntryHeader, SaleBody } from '@holdfast/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Judgement, judge, judgeContent } from './judge.ts';

const header: EntryHeader = {
  v: 1,
  device_id: '01890000-0000-7000-8000-000000000001',
  incarnation: '1'.repeat(32),
  lane: 'transactions',
  seq: 1,
  op_id: '01890000-0000-7000-8000-000000000002',
  kind: 'sale',
  at: '2026-05-01T12:00:00.000Z',
  terminal_id: null,
  staff_id: null,
  body_hash: '0'.repeat(64),
};

const plain: SaleBody = {
  store_id: 's',
  cashier_id: 'anna',
  customer_reference: null,
  currency: 'SEK',
  amount_total: '1.00',
  tenders: [{ type: 'cash', amount: '1.00' }],
  change: '0.00',
  flags: [],
  payload: '{}',
};

function judged(body: Partial<SaleBody>): Judgement {
  const bodyLine = Buffer.from(JSON.stringify({ salt: 'A'.repeat(22), body: { ...plain, ...body } }));
  return judge({ header, bodyLine }, { state: 'active', store_id: 's' });
}

test('a sale is booked when its tenders less the change are its total, and its postings sum to zero', () => {
  const amount = fc.bigInt({ min: 0n, max: 10_000_000_000n });
  const sale = fc.record({
    tenders: fc.array(amount, { minLength: 1, maxLength: LIMITS.saleTendersMax }),
    change: amount,
    off: fc.constantFrom(-1n, 0n, 0n, 1n),
    currency: fc.constantFrom('SEK', 'JPY', 'KWD'),
  });
  fc.assert(
    fc.property(sale, ({ tenders, change, off, currency }) => {
      const total = tenders.reduce((sum, each) => sum + each, 0n) - change + off;
      const judgement = judged({
        currency,
        amount_total: toDecimal(total, currency),
        change: toDecimal(change, currency),
        tenders: tenders.map((each) => ({ type: 'cash', amount: toDecimal(each, currency) })),
      });
      const isSale = off === 0n && total >= 0n;
      expect(judgement.kind).toBe(isSale ? 'book' : 'quarantine');
      if (judgement.kind !== 'book') return;
      const { postings, amountMinor } = judgement.booking;
      expect(amountMinor).toBe(total);
      expect(postings.reduce((sum, posting) => sum + posting.amountMinor, 0n)).toBe(0n);
      expect(postings).toHaveLength(tenders.length + (change === 0n ? 1 : 2));
    }),
  );
});

test('more tenders than an edge takes is no sale', () => {
  const tenders = Array.from({ length: LIMITS.saleTendersMax + 1 }, () => ({ type: 'cash', amount: '1' }));
  expect(judged({ tenders, amount_total: String(tenders.length) })).toEqual({
    kind: 'quarantine',
    reason: 'invalid_body',
  });
});

test('a sale made before its device knew a store is that of the sender', () => {
  expect(judged({ store_id: null })).toEqual(judged({}));
  expect(judged({ store_id: 'other' })).toEqual({ kind: 'quarantine', reason: 'wrong_store' });
});

test('what a person passes over is the state of the device and the store, and nothing else', () => {
  const entry = (body: Partial<SaleBody>) => ({
    header,
    bodyLine: Buffer.from(JSON.stringify({ salt: 'A'.repeat(22), body: { ...plain, ...body } })),
  });
  const revoked = { state: 'revoked', store_id: 's' } as const;
  expect(judge(entry({}), revoked)).toEqual({ kind: 'quarantine', reason: 'device_revoked' });
  expect(judgeContent(entry({ store_id: 'other' }))).toEqual(judged({}));
  expect(judgeContent(entry({ store_id: 'other', amount_total: '2.00' }))).toEqual({
    kind: 'quarantine',
    reason: 'amounts_do_not_add_up',
  });
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bodyLine) => {
        const judgement = judge(
          { header, bodyLine: Buffer.from(bodyLine) },
          { state: 'active', store_id: 's' },
        );
        expect(judgement).toEqual({ kind: 'quarantine', reason: 'invalid_body' });
      },
    ),
  );
});
