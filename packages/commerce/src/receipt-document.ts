/** What stands on the receipt of a sale, said once for every rendering. */
import { assert } from '@holdfast/base';
import { createMoneyFormat, formatAmount, formatMoney, type MoneyFormat } from '@holdfast/money';
import {
  big,
  boldRow,
  cashierRows,
  centred,
  headBlocks,
  type ReceiptBlock,
  type ReceiptDocument,
  type ReceiptOrigin,
  row,
  timeText,
  titled,
} from './receipt-blocks.ts';
import type { CardPayment } from './receipt-card.ts';
import { cardBlocks } from './receipt-card-blocks.ts';
import { type ReceiptLabels, receiptLabels } from './receipt-labels.ts';
import type { PricedLine, PricedSale, PricedTender } from './sale.ts';

/** How a part of the sum was paid. The amount of a card is what the tender covers of the sale, without a tip. */
export type ReceiptTender = PricedTender | { type: 'card'; amount_minor: bigint; card: CardPayment };

/** A booked sale and where it was made. */
export type ReceiptInput = Pick<PricedSale, 'currency' | 'lines' | 'total_minor' | 'change_minor'> &
  ReceiptOrigin & {
    tenders: readonly ReceiptTender[];
    /** Absent for a sale; a refund and a void say so in large type. */
    kind?: 'sale' | 'refund' | 'void';
    receipt_code: string;
    seq: number;
    customer_reference: string | null;
    /** The hub had not booked the sale when this was printed. */
    offline: boolean;
  };

/**
 * The receipt of a sale. An unknown time zone or locale is a RangeError of Intl: the configuration checks both. A card
 * that did not pay is no tender, and asserts: {@link cardSlipDocument} is its receipt.
 */
export function receiptDocument(input: ReceiptInput): ReceiptDocument {
  const labels = receiptLabels(input.locale);
  const format = createMoneyFormat(input.locale);
  const kind = input.kind ?? 'sale';
  return {
    title: titled(`${labels.receipt} ${input.receipt_code}`, input, labels),
    language: input.locale,
    blocks: [
      ...headBlocks(input, labels),
      ...(kind === 'sale' ? [] : [big(labels.kinds[kind])]),
      { kind: 'rule' },
      ...factBlocks(input, labels),
      { kind: 'rule' },
      ...input.lines.flatMap((line) => lineBlocks(line, input, format)),
      { kind: 'rule' },
      ...sumBlocks(input, labels, format),
      { kind: 'rule' },
      ...input.tenders.flatMap((tender) => tenderBlocks(tender, input, format)),
      ...(input.offline ? labels.offline.map(centred) : []),
      { kind: 'code', value: input.receipt_code },
      centred(input.op_id),
      centred(labels.thanks),
    ],
  };
}

function factBlocks(input: ReceiptInput, labels: ReceiptLabels): ReceiptBlock[] {
  return [
    row(labels.receipt, `#${input.seq}`),
    row(labels.date, timeText(input.created_at, input)),
    ...cashierRows(input, labels),
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
  const tenders = input.tenders.map((tender) =>
    row(labels[tender.type], formatAmount(tender.amount_minor, currency, format)),
  );
  const change = row(labels.change, formatAmount(input.change_minor, currency, format));
  return [
    boldRow(labels.total, formatMoney(input.total_minor, currency, format)),
    ...tenders,
    ...(input.change_minor === 0n ? [] : [change]),
  ];
}

/** What the card schemes want said of a payment; cash needs no words. */
function tenderBlocks(tender: ReceiptTender, input: ReceiptInput, format: MoneyFormat): ReceiptBlock[] {
  if (tender.type === 'cash') return [];
  const { kind } = tender.card.outcome;
  assert(kind === 'approved' || kind === 'approved_offline', 'only a card that paid is a tender');
  return [...cardBlocks(tender.card, input, format), { kind: 'rule' }];
}
