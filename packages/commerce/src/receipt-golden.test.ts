/**
 * Every kind of card payment in every width, against files that are read by eye when they change; and the printer's
 * bytes of each, read back, against the text.
 */
import { must } from '@holdfast/base';
import { expect, test } from 'vitest';
import { EscPosPaper } from './escpos-paper.ts';
import type { PaperEvent } from './escpos-paper-commands.ts';
import type { ReceiptDocument } from './receipt-blocks.ts';
import { cardReceipt, SAMPLE_PAYMENTS, sampleSlip } from './receipt-card-sample.ts';
import { receiptEscPos } from './receipt-escpos.ts';
import { type ReceiptWidth, receiptText } from './receipt-text.ts';

const { refund, voided, declined, cancelled, cash, stripe, fallback, ...paid } = SAMPLE_PAYMENTS;

/** What a day at a till prints: every kind of payment, both copies, a reprint, every language. */
const DOCUMENTS: ReadonlyMap<string, ReceiptDocument> = new Map([
  ...Object.entries({ ...paid, stripe, fallback }).map(
    ([name, card]) => [`sale, ${name}`, cardReceipt(card)] as const,
  ),
  [
    'sale, offline, in Swedish, copy 2',
    cardReceipt(paid.offline, { locale: 'sv-SE', copy: 2, offline: true }),
  ],
  ['sale, phone, in German', cardReceipt(paid.phone, { locale: 'de-DE' })],
  ['refund of a sale', cardReceipt(refund, { kind: 'refund', audience: 'customer' })],
  ...Object.entries({ declined, cancelled, cash, voided, refund }).map(
    ([name, card]) => [`slip of the customer, ${name}`, sampleSlip(card)] as const,
  ),
  ['slip of the merchant, refund', sampleSlip(refund, { audience: 'merchant' })],
  [
    'slip of the merchant, stripe, copy 1',
    sampleSlip(stripe, { audience: 'merchant', copy: 1, receipt_code: '7K3M-Q9TX-2B' }),
  ],
  [
    'slip of the merchant, fallback, in Swedish',
    sampleSlip(fallback, { audience: 'merchant', locale: 'sv-SE' }),
  ],
  [
    'slip of the merchant, declined, in German',
    sampleSlip(declined, { audience: 'merchant', locale: 'de-DE' }),
  ],
]);

const WIDTHS = [32, 42, 48] as const satisfies readonly ReceiptWidth[];

test.each(WIDTHS)('%i columns as they were looked at', async (width) => {
  const text = [...DOCUMENTS]
    .map(([name, doc]) => `== ${name}: ${doc.title}\n${receiptText(doc, width)}`)
    .join('\n');
  await expect(text).toMatchFileSnapshot(`../golden/receipts-${width}.txt`);
});

test.each([...DOCUMENTS.keys()])('on paper stands what the text says: %s', (name) => {
  const doc = must(DOCUMENTS.get(name), 'the document is in the table');
  for (const width of WIDTHS) {
    const events = new EscPosPaper(width).print(receiptEscPos(doc, width));
    expect(events[0]).toEqual({ kind: 'initialised' });
    expect(events.at(-1)).toEqual({ kind: 'cut', cut: 'partial' });
    expect(events.map(({ kind }) => kind)).not.toContain('refused');
    const lines = linesOf(events);
    expect(lines.some(({ isWrapped }) => isWrapped)).toBe(false);
    expect(plainLines(lines)).toEqual(textLines(doc, width));
    expect(wordsOf(lines.filter(({ isBig }) => isBig).map(({ text }) => text))).toEqual(
      wordsOf(bigTexts(doc)),
    );
    const codes = doc.blocks.flatMap((block) => (block.kind === 'code' ? [block.value] : []));
    expect(events.flatMap((event) => (event.kind === 'qr' ? [event.value] : []))).toEqual(codes);
  }
});

/** The lines but the one that a QR code ends with, which keeps its text away from it. */
function linesOf(events: PaperEvent[]): Extract<PaperEvent, { kind: 'line' }>[] {
  return events.flatMap((event, index) => {
    if (events[index - 1]?.kind !== 'qr') return event.kind === 'line' ? [event] : [];
    expect(event).toMatchObject({ kind: 'line', text: '' });
    return [];
  });
}

/** The lines in normal type, without the feed before the cut. */
function plainLines(lines: Extract<PaperEvent, { kind: 'line' }>[]): string[] {
  const texts = lines.filter(({ isBig }) => !isBig).map(({ text }) => text);
  expect(texts.splice(-4)).toEqual(['', '', '', '']);
  return texts;
}

/** Large type is twice as wide, so that it breaks elsewhere than in the text; it is compared by its words. */
function textLines(doc: ReceiptDocument, width: ReceiptWidth): string[] {
  const bigs = bigTexts(doc);
  const lines = receiptText(doc, width).replaceAll('×', 'x').split('\n').slice(0, -1);
  return lines.filter((line) => !bigs.includes(line.trim()));
}

function bigTexts(doc: ReceiptDocument): string[] {
  return doc.blocks.flatMap((block) => (block.kind === 'big' ? [block.text] : []));
}

function wordsOf(texts: string[]): string[] {
  return texts.flatMap((text) => text.split(' ')).filter((word) => word !== '');
}
