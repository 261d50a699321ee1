/**
 * The parts that every printed document of a till is made of: a plain list of blocks. Screen, plain text and printer
 * render the same list, so that they cannot tell the customer different things.
 */
import type { ReceiptLabels } from './receipt-labels.ts';

/** Where a text stands in its line. */
export type Align = 'left' | 'center' | 'right';

/** One part of a receipt, top to bottom. */
export type ReceiptBlock =
  | { kind: 'text'; text: string; align: Align; indent: number }
  /** Two columns: what it is, and how much. */
  | { kind: 'row'; left: string; right: string; bold: boolean }
  | { kind: 'rule' }
  /** Large and centred. */
  | { kind: 'big'; text: string }
  /** A line to be filled in by hand, behind its label. */
  | { kind: 'blank'; label: string }
  /** Empty lines, as room to write. */
  | { kind: 'space'; lines: number }
  /** A QR code with its text below it. */
  | { kind: 'code'; value: string };

/** A document to print; `language` is its BCP 47 locale. */
export type ReceiptDocument = { title: string; language: string; blocks: ReceiptBlock[] };

/** Whose copy it is. A customer's copy shows no more of a card number than its last four digits. */
export type ReceiptAudience = 'customer' | 'merchant';

/** Where, when and by whom: what stands on every document of a till. */
export type ReceiptOrigin = {
  store_name: string;
  store_id: string;
  /** Address, telephone, web address: a line each. Schemes ask for the place and a way to reach the shop. */
  store_address?: readonly string[];
  terminal_name: string | null;
  /** Null where nobody sells: a machine, or a step before the sale. */
  cashier_name: string | null;
  op_id: string;
  /** RFC 3339, in UTC. */
  created_at: string;
  /** IANA name; the receipt shows the time of the store. */
  time_zone: string;
  /** BCP 47. */
  locale: string;
  /** 0 for the original, n for its nth copy. */
  copy: number;
  /** Marks the document as the copy of one side; absent where there is only one. */
  audience?: ReceiptAudience;
};

/** Store, copy of whom, and in large type whether it is a reprint. */
export function headBlocks(origin: ReceiptOrigin, labels: ReceiptLabels): ReceiptBlock[] {
  const store = `${labels.store} ${origin.store_id}`;
  return [
    big(origin.store_name),
    ...(origin.store_address ?? []).map(centred),
    centred(origin.terminal_name === null ? store : `${store}, ${origin.terminal_name}`),
    ...(origin.audience === undefined ? [] : [centred(labels.audience[origin.audience])]),
    ...(origin.copy === 0 ? [] : [big(copyText(origin, labels))]),
  ];
}

/** The title with whatever makes this sheet another than the original. */
export function titled(title: string, origin: ReceiptOrigin, labels: ReceiptLabels): string {
  const parts = [title];
  if (origin.audience !== undefined) parts.push(labels.audience[origin.audience]);
  if (origin.copy !== 0) parts.push(copyText(origin, labels));
  return parts.join(', ');
}

/** A moment in the time of the store. */
export function timeText(at: string, { locale, time_zone }: ReceiptOrigin): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: time_zone,
  });
  return format.format(new Date(at));
}

/** What it is, and how much. */
export function row(left: string, right: string): ReceiptBlock {
  return { kind: 'row', left, right, bold: false };
}

/** The same, for what is looked for first. */
export function boldRow(left: string, right: string): ReceiptBlock {
  return { kind: 'row', left, right, bold: true };
}

/** A line in the middle. */
export function centred(text: string): ReceiptBlock {
  return { kind: 'text', text, align: 'center', indent: 0 };
}

/** What must not be overlooked. */
export function big(text: string): ReceiptBlock {
  return { kind: 'big', text };
}

/** By whom it was sold, where that is known. */
export function cashierRows({ cashier_name }: ReceiptOrigin, labels: ReceiptLabels): ReceiptBlock[] {
  return cashier_name === null ? [] : [row(labels.cashier, cashier_name)];
}

function copyText(origin: ReceiptOrigin, labels: ReceiptLabels): string {
  return `${labels.copy} ${origin.copy}`;
}
