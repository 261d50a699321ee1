import { AssertionError } from '@holdfast/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from './display-text.ts';
import { EscPosPaper } from './escpos-paper.ts';
import type { ReceiptDocument } from './receipt-blocks.ts';
import { assertCardPayment, type CardPayment, maskedNumber, type ReceiptCardNumber } from './receipt-card.ts';
import { cardReceipt, SAMPLE_PAYMENTS, sampleSlip } from './receipt-card-sample.ts';
import { receiptEscPos } from './receipt-escpos.ts';
import { receiptSvg } from './receipt-svg.ts';
import { receiptText } from './receipt-text.ts';

const { chip, stripe, refund, declined, phone } = SAMPLE_PAYMENTS;

function accepts(members: Partial<CardPayment>): boolean {
  try {
    assertCardPayment({ ...chip, ...members });
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError);
    return false;
  }
}

test.each<[string, ReceiptCardNumber, boolean]>([
  ['eight and four of 16', { first: '42424242', last: '4242', length: 16 }, true],
  ['six and four of 15', { first: '378282', last: '0005', length: 15 }, true],
  ['nothing but the length', { first: '', last: '', length: 19 }, true],
  ['the whole number', { first: '4242424242424242', last: '', length: 16 }, false],
  ['nine digits of the front', { first: '424242424', last: '', length: 16 }, false],
  ['seven of a short one', { first: '3782822', last: '', length: 15 }, false],
  ['five of the end', { first: '', last: '14242', length: 16 }, false],
  ['three hidden of 13', { first: '422222', last: '2222', length: 13 }, false],
  ['a length that is too small to hide anything', { first: '42424242', last: '4242', length: 12 }, false],
  ['a letter', { first: '4242424x', last: '4242', length: 16 }, false],
  ['20 digits', { first: '', last: '4242', length: 20 }, false],
])('a number with %s', (_, card_number, isRight) => {
  expect(accepts({ card_number })).toBe(isRight);
});

test('no number that is accepted shows more than it may, and a customer sees four digits', () => {
  const ends = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 19 });
  fc.assert(
    fc.property(ends, ends, fc.integer({ min: 0, max: 25 }), (first, last, length) => {
      const card_number = { first, last, length };
      fc.pre(accepts({ card_number }));
      const merchant = maskedNumber(card_number, 'merchant');
      expect(merchant).toMatch(/^\d{0,8}\*{4,}\d{0,4}$/);
      expect(merchant).toHaveLength(length);
      expect(maskedNumber(card_number, 'customer')).toMatch(/^\*{4,}\d{0,4}$/);
    }),
  );
});

test.each<[string, Partial<CardPayment>]>([
  ['an amount below zero', { amount_minor: -1n }],
  ['a tip above the amount', { tip: { kind: 'given', amount_minor: 12_901n } }],
  ['a tip below zero', { tip: { kind: 'given', amount_minor: -1n } }],
  ['an AID of four bytes', { chip: { ...chip.chip, application_id: 'A0000000' } }],
  ['an AID of 17 bytes', { chip: { ...chip.chip, application_id: 'A0'.repeat(17) } }],
  ['a TVR in small letters', { chip: { ...chip.chip, tvr: '000000800a' } }],
  ['a TSI of three bytes', { chip: { ...chip.chip, tsi: 'E80000' } }],
  [
    'half a byte of a cryptogram',
    { chip: { ...chip.chip, cryptogram: { type: 'TC', value: '11AA33BB55CC77D' } } },
  ],
  ['a rate in words', { conversion: { ...phone.conversion, rate: '1e-2' } }],
])('%s asserts', (_, members) => {
  expect(accepts(members)).toBe(false);
});

test('the customer sees the last four digits alone, the merchant what was kept', () => {
  expect(receiptText(sampleSlip(stripe), 42)).toContain('***********0005\n');
  expect(receiptText(sampleSlip(stripe, { audience: 'merchant' }), 42)).toContain('378282*****0005\n');
  expect(receiptText(cardReceipt(stripe), 42)).toContain('***********0005\n');
});

test('the other side has the line to sign on', () => {
  const signs = (card: CardPayment, audience: 'customer' | 'merchant'): boolean =>
    /^X _+$/m.test(receiptText(sampleSlip(card, { audience }), 32));
  expect([signs(stripe, 'merchant'), signs(stripe, 'customer')]).toEqual([true, false]);
  expect([signs(refund, 'merchant'), signs(refund, 'customer')]).toEqual([false, true]);
  expect(signs({ ...declined, verification: 'signature' }, 'merchant')).toBe(false);
});

test('a card that did not pay is no tender', () => {
  expect(() => cardReceipt(declined)).toThrow('only a card that paid is a tender');
});

test('a slip that paid for nothing says so, and does not speak of a PIN', () => {
  const text = receiptText(sampleSlip({ ...declined, verification: 'pin' }), 42);
  expect(text).toMatch(/^ +DECLINED$/m);
  expect(text).toContain('The card was not charged.');
  expect(text).toMatch(/^Response code +Z1$/m);
  expect(text).not.toContain('PIN');
});

test('what is not known takes no line', () => {
  const bare = sampleSlip({ ...chip, chip: null, stan: null, reference: null }, { cashier_name: null });
  expect(receiptText(bare, 42)).not.toMatch(/null|AID|STAN|Reference|Cashier/);
});

test('an unknown language is English, and a rate keeps its decimals', () => {
  const conversion = { ...phone.conversion, rate: '0.0901000000000000001' };
  const text = (locale: string): string => receiptText(sampleSlip({ ...phone, conversion }, { locale }), 48);
  expect(text('en-GB')).toContain('1 SEK = 0.0901000000000000001 EUR\n');
  expect(text('de-DE')).toContain('1 SEK = 0,0901000000000000001 EUR\n');
  expect(text('fi-FI')).toContain('Verified on the device of the customer');
});

test('a picture has the line to sign as a line', () => {
  const svg = receiptSvg(sampleSlip(stripe, { audience: 'merchant' }));
  expect(svg).toMatch(/>X<\/text><path d="M[\d.]+ [\d.]+H[\d.]+" stroke="#1c1b19"\/>/);
  expect(svg).toContain('<title>Card slip, MERCHANT COPY</title>');
});

test.each([
  ['text', (doc: ReceiptDocument) => receiptText(doc, 42)],
  ['a picture', receiptSvg],
  ['a job for a printer', (doc: ReceiptDocument) => Buffer.from(receiptEscPos(doc, 42)).toString('latin1')],
] as const)('a reprint and the copy of a side are marked: %s', (_, render) => {
  const original = render(sampleSlip(chip, { audience: 'merchant' }));
  expect(original).toContain('MERCHANT COPY');
  expect(original).not.toContain('CUSTOMER COPY');
  expect(original).not.toContain('COPY 12');
  expect(render(sampleSlip(chip, { copy: 12 }))).toContain('COPY 12');
  expect(render(cardReceipt(chip, { copy: 12, audience: 'customer' }))).toMatch(/CUSTOMER COPY.*COPY 12/s);
});

test('a label too long to write behind has its line below it', () => {
  const doc = { title: '', language: 'en', blocks: [{ kind: 'blank', label: 'w'.repeat(25) } as const] };
  expect(receiptText(doc, 32)).toBe(`${'w'.repeat(25)}\n${'_'.repeat(32)}\n`);
});

test('whatever the texts of a payment are, they keep to the paper and give no command', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const width = fc.constantFrom(32 as const, 42 as const, 48 as const);
  fc.assert(
    fc.property(text, text, text, width, (application_label, reference, store_name, columns) => {
      const doc = sampleSlip(
        { ...stripe, application_label, reference },
        { audience: 'merchant', store_name },
      );
      for (const line of receiptText(doc, columns).split('\n')) {
        expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/\p{Cc}| $/u);
      }
      const events = new EscPosPaper(columns).print(receiptEscPos(doc, columns));
      const kinds = events.filter(({ kind }) => kind !== 'line').map(({ kind }) => kind);
      expect(kinds).toEqual(['initialised', 'cut']);
      expect(events.some((event) => event.kind === 'line' && event.isWrapped)).toBe(false);
    }),
    { numRuns: 40 },
  );
});
