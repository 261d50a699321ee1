/**
 * Names into a receipt for a printer: read back as a printer reads it, every command is one that a receipt needs, and a
 * line is never longer than the paper.
 */
import { must } from '@holdfast/base';
import { type ReceiptDocument, type ReceiptWidth, receiptEscPos } from '@holdfast/commerce';
import { RECEIPT_SEEDS, RECEIPT_WORDS } from '../receipt-input.ts';
import { BrokenProperty, type FuzzTarget, holds } from '../target.ts';

const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;
const LINE_FEED = 0x0a;
const INITIALISE = '1b40';
const CUT = '1d56';

const WIDTHS = [32, 42, 48] as const satisfies readonly ReceiptWidth[];
const decoder = new TextDecoder();

/**
 * One line of each kind is enough here: whole receipts are laid out by the target `receipt-text`, and the choice of code
 * pages takes a millisecond a line.
 */
function documentOf(choice: number, text: string): ReceiptDocument {
  const blocks: ReceiptDocument['blocks'] = [
    { kind: 'text', text, align: 'left', indent: 2 },
    { kind: 'row', left: text, right: '1.00', bold: true },
    { kind: 'big', text },
    { kind: 'code', value: text },
    { kind: 'row', left: 'A', right: text, bold: false },
  ];
  return {
    title: 'R',
    language: 'en-GB',
    blocks: [must(blocks[choice % blocks.length], 'there is a block')],
  };
}

/** Length of what stands at a place: a byte of text, a line feed, or a command that a receipt may use. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const [first = 0, second = 0, third = 0, low = 0, high = 0] = bytes.subarray(at, at + 5);
  if (first === LINE_FEED || (first >= 0x20 && first !== 0x7f)) return 1;
  if (first === ESC && second === 0x40) return 2; // ESC @, initialise
  if (first === ESC && [0x4d, 0x74, 0x45, 0x61].includes(second)) return 3; // font, code page, bold, align
  if (first === FS && second === 0x2e) return 2; // FS ., no kanji
  if (first === GS && [0x21, 0x56].includes(second)) return 3; // size, cut
  if (first === GS && second === 0x28 && third === 0x6b) return 5 + low + 256 * high; // GS ( k, QR code
  throw new BrokenProperty(
    `a command that a receipt needs, not ${first.toString(16)} ${second.toString(16)}`,
  );
}

/** The fuzzed renderer. */
export const target: FuzzTarget = {
  name: 'receipt-escpos',
  bytesMax: 64,
  dictionary: RECEIPT_WORDS,
  seeds: RECEIPT_SEEDS,
  run(input) {
    const [choice = 0] = input;
    const width = must(WIDTHS[choice % WIDTHS.length], 'there is a width');
    const doc = documentOf(choice, decoder.decode(input.subarray(1)));
    const bytes = receiptEscPos(doc, width);
    const commands: string[] = [];
    let columns = 0;
    for (let at = 0; at < bytes.length; ) {
      const length = lengthAt(bytes, at);
      const part = Buffer.from(bytes.subarray(at, at + length)).toString('hex');
      holds(part.length === 2 * length, 'the last command is whole');
      if (length > 1) commands.push(part.slice(0, 4));
      columns = part === '0a' ? 0 : columns + (length === 1 ? 1 : 0);
      holds(columns <= width, 'a line fits the paper');
      at += length;
    }
    holds(
      commands[0] === INITIALISE && commands.at(-1) === CUT,
      'it begins with a reset and ends with a cut',
    );
    const onces = commands.filter((command) => command === INITIALISE || command === CUT);
    holds(onces.length === 2, 'it resets once and cuts once');
    return Buffer.from(bytes).toString('latin1');
  },
};
