/** Receipts whose every text comes from an input of the fuzzer: names, references, codes and the locale they stand in. */
import { must } from '@holdfast/base';
import { type ReceiptDocument, type ReceiptWidth, receiptDocument } from '@holdfast/commerce';
import { bytesOf } from './target.ts';

const decoder = new TextDecoder();
const SEPARATOR = 0x1e;
const WIDTHS = [32, 42, 48] as const satisfies readonly ReceiptWidth[];
const LOCALES = ['en-GB', 'sv-SE', 'de-DE', 'ja-JP', 'ar-EG'];

/** Words that a receipt must not take for more than text. */
export const RECEIPT_WORDS: readonly Uint8Array[] = [
  '\x1b@',
  '\x1bp\x00\x32\xfa',
  '\x1dV\x00',
  '\x10\x14\x01\x00\x01',
  '\x1d(k',
  '\x1e',
  '←@',
  '↔V',
  '\u202e',
  '\u0301',
  '寿司',
  '🍣',
  '👩‍👩‍👧',
  '\u00ad',
  'Ł€Привет',
  '\r\n',
].map(bytesOf);

/** Inputs that look like shops. */
export const RECEIPT_SEEDS: readonly Uint8Array[] = [
  '\x00Hamnens Café\x1eTill 2\x1eÅsa\x1e\x1eKaffe, bryggd\x1eRäksmörgås med extra dill & "majonnäs" på rågbröd',
  '\x15寿司屋\x1e\x1e花子\x1eRef-1\x1e寿司セット 🍣\x1e\x1b@\x1dV\x00',
].map(bytesOf);

/** Documents whose names are the texts of {@link MARKS}: making one asks the system for formats, which takes long. */
const templates = new Map<number, ReceiptDocument>();
const MARKS = ['\u{f0000}', '\u{f0001}', '\u{f0002}', '\u{f0003}', '\u{f0004}', '\u{f0005}'] as const;
const CHOICES = 64;

/** The document that an input describes, and the width it is printed in. */
export function receiptOf(input: Uint8Array): { doc: ReceiptDocument; width: ReceiptWidth } {
  const choice = (input[0] ?? 0) % CHOICES;
  const template = templates.get(choice) ?? templateOf(choice);
  templates.set(choice, template);
  const texts = textsOf(input.subarray(1));
  const fill = (text: string) =>
    MARKS.reduce((filled, mark, index) => filled.replaceAll(mark, () => texts[index] ?? ''), text);
  const blocks = template.blocks.map(
    (block) =>
      // The same block with other text in the same members.
      Object.fromEntries(
        Object.entries(block).map(([name, value]) => [name, typeof value === 'string' ? fill(value) : value]),
      ) as ReceiptDocument['blocks'][number],
  );
  const width = must(WIDTHS[choice % WIDTHS.length], 'there is a width');
  return { doc: { ...template, blocks }, width };
}

function templateOf(choice: number): ReceiptDocument {
  const [store, terminal, cashier, reference, ...names] = MARKS;
  const lines = names.map((name, index) => ({
    sku: `a${index}`,
    name,
    quantity: index + 1,
    unit_price_minor: 100n,
    amount_minor: 100n * BigInt(index + 1),
  }));
  return receiptDocument({
    currency: 'SEK',
    lines,
    total_minor: 1_000n,
    tenders: [{ type: 'cash', amount_minor: 1_000n }],
    change_minor: 0n,
    store_name: store,
    store_id: 'S-001',
    terminal_name: terminal,
    cashier_name: cashier,
    op_id: '01935c2e-8f7a-7c31-9d0e-3b6f5a2c1d44',
    receipt_code: '7K3M-Q9TX-2B',
    seq: choice,
    created_at: '2026-01-31T23:30:00.000Z',
    time_zone: 'Europe/Stockholm',
    locale: must(LOCALES[(choice >> 2) % LOCALES.length], 'there is a locale'),
    customer_reference: reference,
    copy: choice & 1,
    offline: (choice & 32) !== 0,
  });
}

function textsOf(input: Uint8Array): string[] {
  const texts: string[] = [];
  for (let from = 0; from <= input.length; ) {
    const end = input.indexOf(SEPARATOR, from);
    const to = end === -1 ? input.length : end;
    texts.push(decoder.decode(input.subarray(from, to)));
    from = to + 1;
  }
  return texts;
}
