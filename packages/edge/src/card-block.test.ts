import { cardSlipDocument, receiptText } from '@holdfast/commerce';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cardBlockOf, keptCardOf } from './card-block.ts';

const KEPT = {
  application_label: 'VISA CREDIT',
  card_number: { first: '47617390', last: '0119', length: 16 },
  entry_mode: 'chip',
  verification: 'pin',
  chip: {
    application_id: 'A0000000031010',
    tvr: '0000008000',
    tsi: 'E800',
    cryptogram: { type: 'TC', value: '11AA33BB55CC77DD' },
    transaction_counter: '001C',
    issuer_application_data: '06010A03A4A002',
  },
  response_code: 'Y1',
};
const OF = {
  amountMinor: 2_000n,
  currency: 'SEK',
  approvalCode: 'OFF12345678',
  terminalId: 'S-1',
  merchantId: 'S-1',
};

it('is what the card left, with what the store knows', () => {
  expect(cardBlockOf({ ...OF, kept: KEPT })).toMatchObject({
    ...{ application_label: 'VISA CREDIT', verification: 'pin', chip: KEPT.chip },
    outcome: { kind: 'approved_offline', response_code: 'Y1' },
    reference: 'OFF12345678',
  });
});

it.each<[string, object]>([
  ['a whole card number', { card_number: { first: '4761739001010119', last: '', length: 16 } }],
  ['a number that hides three digits', { card_number: { first: '476173', last: '0119', length: 13 } }],
  ['a length that is none', { card_number: { first: '', last: '0119', length: 16.5 } }],
  [
    'a cryptogram in small letters',
    { chip: { ...KEPT.chip, cryptogram: { type: 'TC', value: '11aa33bb55cc77dd' } } },
  ],
  ['a TVR of four bytes', { chip: { ...KEPT.chip, tvr: '00000080' } }],
  ['a verification of its own', { verification: 'online_pin' }],
  ['a label that fills the paper', { application_label: 'V'.repeat(65) }],
])('is not there with %s', (_, members) => {
  expect(cardBlockOf({ ...OF, kept: { ...KEPT, ...members } })).toBeUndefined();
});

it('is not there for an amount below zero', () => {
  expect(cardBlockOf({ ...OF, kept: KEPT, amountMinor: -1n })).toBeUndefined();
});

it('can be printed, whatever programs have written into the store', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 70 }),
    fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), maxLength: 40 }),
  );
  const half = <T>(value: fc.Arbitrary<T>, kept: T) => fc.oneof(fc.constant(kept), value);
  const any = fc.record({
    application_label: text,
    card_number: half(
      fc.record({ first: text, last: text, length: fc.integer({ min: 0, max: 30 }) }),
      KEPT.card_number,
    ),
    entry_mode: half(text, 'chip'),
    verification: half(text, 'pin'),
    chip: half(
      fc.record({ tvr: text, tsi: text }).map((bits) => ({ ...KEPT.chip, ...bits })),
      KEPT.chip,
    ),
    response_code: half(text, 'Y1'),
  });
  fc.assert(
    fc.property(any, fc.bigInt({ min: -100n, max: 100n }), (kept, amountMinor) => {
      const card = cardBlockOf({ ...OF, kept, amountMinor });
      if (card === undefined) return;
      const slip = cardSlipDocument({
        ...{ store_name: 'S', store_id: 'S-1', terminal_name: null, cashier_name: null, op_id: 'o', copy: 0 },
        ...{ created_at: '2026-01-01T00:00:00Z', time_zone: 'UTC', locale: 'en-GB', audience: 'customer' },
        ...{ card, receipt_code: null },
      });
      expect(receiptText(slip, 42)).toContain('Purchase');
    }),
  );
});

it('is found in the payload of a sale that a card paid', () => {
  const payment = { card_payment: KEPT, approval_code: 'OFF1' };
  expect(keptCardOf({ payment })).toEqual({ kept: KEPT, approvalCode: 'OFF1' });
  for (const payload of [null, {}, { payment: {} }, { payment: { approval_code: 'OFF1' } }])
    expect(keptCardOf(payload)).toBeUndefined();
});
