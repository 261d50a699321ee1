/**
 * What stands on a receipt, said once: a plain list of blocks. Screen, plain text and printer render the same list,
 * so that they cannot tell the customer different things.
 */
import { createMoneyFormat, formatAmount, formatMoney, type MoneyFormat } from '@holdfast/money';
import { type ReceiptLabels, receiptLabels } from './receipt-labels.ts';
import type { PricedLine, PricedSale } from './sale.ts';

export type Align = 'left' | 'center' | 'right';

/** One part of a receipt, top to bottom. */
export type ReceiptBlock =
  | { kind: 'text'; text: string; align: Align; indent: number }
  /** Two columns: what it is, and how much. */
  | { kind: 'row'; left: string; right: string; bold: boolean }
  | { kind: 'rule' }
  /** Large and centred. */
  | { kind: 'big'; text: string }
  /** A QR code with its text below it. */
  | { kind: 'code'; value: string };

export type ReceiptDocument = { title: string; language: string; blocks: ReceiptBlock[] };

/** A booked sale and where it was made. */
export type ReceiptInput = Pick<
  PricedSale,
  'currency' | 'lines' | 'total_minor' | 'tenders' | 'change_minor'
> & {
  store_name: string;
  store_id: string;
  terminal_name: string | null;
  cashier_name: string;
  op_id: string;
  receipt_code: string;
  seq: number;
  /** RFC 3339, in UTC. */
  created_at: string;
  /** IANA name; the receipt shows the time of the store. */
  time_zone: string;
  /** BCP 47. */
  locale: string;
  customer_reference: string | null;
  /** 0 for the original, n for its nth copy. */
  copy: number;
  /** The hub had not booked the sale when this was printed. */
  offline: boolean;
};

/** The receipt of a sale. An unknown time zone or locale is a RangeError of Intl: the configuration checks both. */
export function receiptDocument(input: ReceiptInput): ReceiptDocument {
  const labels = receiptLabels(input.locale);
  const format = createMoneyFormat(input.locale);
  const copy = `${labels.copy} ${input.copy}`;
  const title = `${labels.receipt} ${input.receipt_code}`;
  return {
    title: input.copy === 0 ? title : `${title}, ${copy}`,
    language: input.locale,
    blocks: [
      ...headBlocks(input, labels),
      ...(input.copy === 0 ? [] : [{ kind: 'big', text: copy } as const]),
      { kind: 'rule' },
      ...factBlocks(input, labels),
      { kind: 'rule' },
      ...input.lines.flatMap((line) => lineBlocks(line, input, format)),
      { kind: 'rule' },
      ...sumBlocks(input, labels, format),
      { kind: 'rule' },
      ...(input.offline ? labels.offline.map(centred) : []),
      { kind: 'code', value: input.receipt_code },
      centred(input.op_id),
      centred(labels.thanks),
    ],
  };
}

function headBlocks(input: ReceiptInput, labels: ReceiptLabels): ReceiptBlock[] {
  const store = `${labels.store} ${input.store_id}`;
  return [
    { kind: 'big', text: input.store_name },
    centred(input.terminal_name === null ? store : `${store}, ${input.terminal_name}`),
  ];
}

function factBlocks(input: ReceiptInput, labels: ReceiptLabels): ReceiptBlock[] {
  const time = new Intl.DateTimeFormat(input.locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: input.time_zone,
  });
  return [
    row(labels.receipt, `#${input.seq}`),
    row(labels.date, time.format(new Date(input.created_at))),
    row(labels.cashier, input.cashier_name),
    ...(input.customer_reference === null ? [] : [row(labels.customer, input.customer_reference)]),
  ];
}

function lineBlocks(
  line: PricedLine,
  { currency, locale }: ReceiptInput,
  format: MoneyFormat,
): ReceiptBlock[] {
  const article = row(line.name, formatAmount(line.amount_minor, currency, format));
  if (line.quantity === 1) return [article];
  const quantity = new Intl.NumberFormat(locale).format(line.quantity);
  const text = `${quantity} × ${formatAmount(line.unit_price_minor, currency, format)}`;
  return [article, { kind: 'text', text, align: 'left', indent: 2 }];
}

function sumBlocks(input: ReceiptInput, labels: ReceiptLabels, format: MoneyFormat): ReceiptBlock[] {
  const { currency } = input;
  const total = formatMoney(input.total_minor, currency, format);
  const tenders = input.tenders.map((tender) =>
    row(labels[tender.type], formatAmount(tender.amount_minor, currency, format)),
  );
  const change = row(labels.change, formatAmount(input.change_minor, currency, format));
  return [
    { kind: 'row', left: labels.total, right: total, bold: true },
    ...tenders,
    ...(input.change_minor === 0n ? [] : [change]),
  ];
}

function row(left: string, right: string): ReceiptBlock {
  return { kind: 'row', left, right, bold: false };
}

function centred(text: string): ReceiptBlock {
  return { kind: 'text', text, align: 'center', indent: 0 };
}
