/** Card payments that the tests of every rendering share. Numbers are those that the schemes publish for tests. */
import type { ReceiptDocument, ReceiptOrigin } from './receipt-blocks.ts';
import type { CardPayment } from './receipt-card.ts';
import { type CardSlipInput, cardSlipDocument } from './receipt-card-slip.ts';
import type { ReceiptInput } from './receipt-document.ts';
import { sampleReceipt } from './receipt-sample.ts';

const ORIGIN: ReceiptOrigin = {
  store_name: 'Hamnens Café & Bageri',
  store_id: 'S-001',
  store_address: ['Hamngatan 3, 111 47 Stockholm', '+46 8 123 45 00'],
  terminal_name: 'Till 2',
  cashier_name: 'Åsa Öberg',
  op_id: '01935c2e-8f7a-7c31-9d0e-3b6f5a2c1d44',
  created_at: '2026-01-31T23:30:00.000Z',
  time_zone: 'Europe/Stockholm',
  locale: 'en-GB',
  copy: 0,
};

/** Chip and PIN, approved by the issuer. */
const CHIP = {
  transaction: 'purchase',
  outcome: { kind: 'approved', authorisation_code: '831000', response_code: '00' },
  amount_minor: 12_900n,
  currency: 'SEK',
  tip: null,
  application_label: 'Visa Debit',
  card_number: { first: '42424242', last: '4242', length: 16 },
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
  conversion: null,
  terminal_id: '12345678',
  merchant_id: '000000123456789',
  stan: '000123',
  reference: '603123000123',
  original_reference: null,
} as const satisfies CardPayment;

/** One of each kind that a till comes across. */
export const SAMPLE_PAYMENTS = {
  chip: CHIP,
  offline: {
    ...CHIP,
    outcome: { kind: 'approved_offline', response_code: 'Y1' },
    reference: null,
  },
  contactless: {
    ...CHIP,
    application_label: 'MASTERCARD',
    card_number: { first: '55555555', last: '4444', length: 16 },
    entry_mode: 'contactless',
    verification: 'none',
    chip: {
      ...CHIP.chip,
      application_id: 'A0000000041010',
      tsi: null,
      cryptogram: { type: 'ARQC', value: 'F0E1D2C3B4A59687' },
    },
  },
  phone: {
    ...CHIP,
    entry_mode: 'contactless',
    verification: 'device',
    conversion: {
      currency: 'EUR',
      amount_minor: 1_163n,
      rate: '0.090120',
      rate_at: '2026-01-31T22:00:00Z',
      provider: 'European Central Bank',
      markup_percent: '3.5',
      rounding: '0.004',
    },
  },
  stripe: {
    ...CHIP,
    outcome: { kind: 'approved_offline', response_code: null },
    application_label: 'American Express',
    card_number: { first: '378282', last: '0005', length: 15 },
    entry_mode: 'magstripe',
    verification: 'signature',
    chip: null,
    tip: { kind: 'ask' },
  },
  fallback: {
    ...CHIP,
    amount_minor: 14_400n,
    application_label: 'A brand with a name so long that no paper holds it in one line',
    card_number: { first: '', last: '4242', length: 19 },
    entry_mode: 'fallback',
    verification: 'pin_and_signature',
    chip: null,
    tip: { kind: 'given', amount_minor: 1_500n },
  },
  declined: {
    ...CHIP,
    outcome: { kind: 'declined', response_code: 'Z1' },
    verification: 'none',
    chip: { ...CHIP.chip, cryptogram: { type: 'AAC', value: '0102030405060708' } },
    reference: null,
  },
  cancelled: {
    ...CHIP,
    outcome: { kind: 'cancelled' },
    application_label: '',
    card_number: null,
    entry_mode: null,
    verification: 'none',
    chip: null,
    reference: null,
  },
  refund: {
    ...CHIP,
    transaction: 'refund',
    verification: 'signature',
    original_reference: '603123000123',
    reference: '603123000124',
  },
  voided: { ...CHIP, transaction: 'void', verification: 'none', original_reference: '603123000123' },
  cash: { ...CHIP, transaction: 'cash', entry_mode: 'manual', chip: null },
} as const satisfies Record<string, CardPayment>;

/** The slip of a payment. */
export function sampleSlip(card: CardPayment, members: Partial<CardSlipInput> = {}): ReceiptDocument {
  return cardSlipDocument({ ...ORIGIN, audience: 'customer', card, receipt_code: null, ...members });
}

/** The receipt of a small sale that was paid with a card. */
export function cardReceipt(card: CardPayment, members: Partial<ReceiptInput> = {}): ReceiptDocument {
  const amount_minor = 12_900n;
  const line = {
    sku: 'toast',
    name: 'Räksmörgås',
    quantity: 1,
    unit_price_minor: amount_minor,
    amount_minor,
  };
  return sampleReceipt({
    ...ORIGIN,
    lines: [line],
    total_minor: amount_minor,
    tenders: [{ type: 'card', amount_minor, card }],
    change_minor: 0n,
    ...members,
  });
}
