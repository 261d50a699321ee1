/** Names into a receipt as text: lines end where the paper does, and nothing in them steers a printer or a terminal. */
import { receiptText } from '@holdfast/commerce';
import { RECEIPT_SEEDS, RECEIPT_WORDS, receiptOf } from '../receipt-input.ts';
import { type FuzzTarget, holds } from '../target.ts';

const STEERS = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const WIDE = /[\u1100-\u115f\u3041-\u33ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]/u;
const NO_WIDTH = /\p{Mn}|\p{Me}|\u200c|\u200d|[\u1160-\u11ff]/u;
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Columns by a reckoning of its own, which counts too few where it does not know. */
function columnsAtLeast(line: string): number {
  let columns = 0;
  for (const { segment } of GRAPHEMES.segment(line)) {
    const [first = ''] = segment;
    columns += WIDE.test(first) ? 2 : NO_WIDTH.test(first) ? 0 : 1;
  }
  return columns;
}

/** The fuzzed renderer. */
export const target: FuzzTarget = {
  name: 'receipt-text',
  bytesMax: 160,
  dictionary: RECEIPT_WORDS,
  seeds: RECEIPT_SEEDS,
  run(input) {
    const { doc, width } = receiptOf(input);
    const text = receiptText(doc, width);
    holds(text.endsWith('\n'), 'the text ends with a line feed');
    for (const line of text.slice(0, -1).split('\n')) {
      holds(!STEERS.test(line), 'a line has no character that steers');
      holds(line.trimEnd() === line, 'a line has no spaces at its end');
      holds(columnsAtLeast(line) <= width, 'a line fits the paper');
    }
    return text;
  },
};
