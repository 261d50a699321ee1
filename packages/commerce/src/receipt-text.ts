/** A receipt as plain text in columns: for logs, mails, tests, and printers that know nothing better. */
import type { ReceiptDocument } from './receipt-blocks.ts';
import { layoutReceipt, type ReceiptLine, setColumns } from './receipt-layout.ts';

/** Columns of the common papers, 58 mm, and 80 mm in one of two fonts, by their names in options and addresses. */
export const RECEIPT_WIDTHS = { '32': 32, '42': 42, '48': 48 } as const;

/** Columns of a line. */
export type ReceiptWidth = (typeof RECEIPT_WIDTHS)[keyof typeof RECEIPT_WIDTHS];

/** Lines ended by a line feed, none wider than `width` columns, none with spaces at its end. The QR code is its text. */
export function receiptText(doc: ReceiptDocument, width: ReceiptWidth): string {
  return layoutReceipt(doc, { width, bigWidth: width })
    .flatMap((line) => textLines(line, width))
    .map((line) => `${line}\n`)
    .join('');
}

function textLines(line: ReceiptLine, width: ReceiptWidth): string[] {
  switch (line.kind) {
    case 'rule':
      return ['-'.repeat(width)];
    case 'space':
      return [''];
    case 'qr':
      return [];
    default:
      return [setColumns(line, width)];
  }
}
