/**
 * Breaks a receipt into lines that fit a number of columns. Every renderer draws these lines, so a name wraps at
 * the same place on paper and on the screen, and text is cleaned here before any of them sees it.
 */
import { cleanText, displayWidth, wrapText } from './display-text.ts';
import type { Align, ReceiptBlock, ReceiptDocument } from './receipt-blocks.ts';

/** A block that fits one line. Of a row, `left` or `right` may be empty. */
export type ReceiptLine =
  | { kind: 'text'; text: string; align: Align; indent: number }
  | { kind: 'row'; left: string; right: string; bold: boolean }
  | { kind: 'rule' }
  | { kind: 'big'; text: string }
  /** A label, and from there on a line to write on. */
  | { kind: 'blank'; label: string }
  | { kind: 'space' }
  /** Where the QR code goes; the lines of its text follow. */
  | { kind: 'qr'; value: string };

export type LayoutOptions = {
  /** Columns of a line. */
  width: number;
  /** Columns of a line in large type. */
  bigWidth: number;
  /** Makes text fit the medium beyond the cleaning; its result is measured. */
  adapt?: (text: string) => string;
};

/** Columns between the two sides of a row, and the fewest that are worth writing a name in. */
const GAP = 2;
const LEFT_MIN = 10;
/** The shortest line to write on; a longer label stands above its own. */
const WRITE_MIN = 12;

/** The lines of a document. */
export function layoutReceipt(doc: ReceiptDocument, options: LayoutOptions): ReceiptLine[] {
  return doc.blocks.flatMap((block) => layoutBlock(block, options));
}

/** A line of text set in columns, without spaces at its end. */
export function setColumns(
  line: Extract<ReceiptLine, { kind: 'text' | 'row' | 'big' | 'blank' }>,
  width: number,
): string {
  if (line.kind === 'blank') {
    const label = line.label === '' ? '' : `${line.label} `;
    return label + '_'.repeat(width - displayWidth(label));
  }
  if (line.kind === 'row') {
    const gap = width - displayWidth(line.left) - displayWidth(line.right);
    return `${line.left}${' '.repeat(gap)}${line.right}`.trimEnd();
  }
  const text = line.kind === 'text' ? ' '.repeat(line.indent) + line.text : line.text;
  const align = line.kind === 'text' ? line.align : 'center';
  const room = width - displayWidth(text);
  if (align === 'left' || text.trim() === '') return text.trimEnd();
  return ' '.repeat(align === 'right' ? room : Math.floor(room / 2)) + text;
}

function layoutBlock(block: ReceiptBlock, options: LayoutOptions): ReceiptLine[] {
  const prepare = (text: string): string => options.adapt?.(cleanText(text)) ?? cleanText(text);
  switch (block.kind) {
    case 'rule':
      return [block];
    case 'space':
      return Array.from({ length: block.lines }, () => ({ kind: 'space' }));
    case 'blank':
      return layoutBlank(prepare(block.label), options);
    case 'code':
      return [
        { kind: 'qr', value: cleanText(block.value) },
        ...layoutBlock({ kind: 'text', text: block.value, align: 'center', indent: 0 }, options),
      ];
    case 'big':
      return wrapEvenly(prepare(block.text), options.bigWidth).map((text) => ({ kind: 'big', text }));
    case 'text': {
      const wrap = block.align === 'center' ? wrapEvenly : wrapText;
      return wrap(prepare(block.text), options.width - block.indent).map((text) => ({ ...block, text }));
    }
    case 'row':
      return layoutRow({ ...block, left: prepare(block.left), right: prepare(block.right) }, options.width);
  }
}

/** Lines as even as their number allows: centred text reads badly with one word left over. */
function wrapEvenly(text: string, width: number): string[] {
  let lines = wrapText(text, width);
  if (lines.length === 1) return lines;
  for (let narrower = width - 1; narrower >= 2; narrower -= 1) {
    const narrow = wrapText(text, narrower);
    if (narrow.length > lines.length) break;
    lines = narrow;
  }
  return lines;
}

function layoutBlank(label: string, { width }: LayoutOptions): ReceiptLine[] {
  const lines = wrapText(label, width);
  const last = lines.pop() ?? '';
  const above = lines.map((text) => ({ kind: 'text', text, align: 'left', indent: 0 }) as const);
  if (displayWidth(last) + 1 + WRITE_MIN <= width) return [...above, { kind: 'blank', label: last }];
  return [...above, { kind: 'text', text: last, align: 'left', indent: 0 }, { kind: 'blank', label: '' }];
}

/**
 * A long left side wraps and the right side stands on its last line. The right side goes below where it leaves too
 * little room for that: where a word would break, or the left side take more lines than are saved.
 */
function layoutRow(row: Extract<ReceiptBlock, { kind: 'row' }>, width: number): ReceiptLine[] {
  const leftWidth = width - displayWidth(row.right) - GAP;
  if (displayWidth(row.left) <= leftWidth) return [row];
  const below = [
    ...wrapText(row.left, width).map((left) => ({ ...row, left, right: '' })),
    ...wrapText(row.right, width).map((right) => ({ ...row, left: '', right })),
  ];
  if (leftWidth < LEFT_MIN || breaksWord(row.left, leftWidth, width)) return below;
  const lefts = wrapText(row.left, leftWidth);
  if (lefts.length > below.length) return below;
  return lefts.map((left, index) => ({ ...row, left, right: index === lefts.length - 1 ? row.right : '' }));
}

/** Whether a narrow column breaks a word that the whole line has room for. */
function breaksWord(text: string, narrow: number, width: number): boolean {
  return text.split(' ').some((word) => {
    const columns = displayWidth(word);
    return columns > narrow && columns <= width;
  });
}
