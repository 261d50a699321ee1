/**
 * The slip of one card payment alone: the merchant's copy of a sale that was signed, and what a payment leaves that
 * paid for nothing: declined, cancelled, voided, refunded, a withdrawal of cash.
 */
import { createMoneyFormat } from '@holdfast/money';
import {
  big,
  cashierRows,
  centred,
  headBlocks,
  type ReceiptAudience,
  type ReceiptBlock,
  type ReceiptDocument,
  type ReceiptOrigin,
  row,
  timeText,
  titled,
} from './receipt-blocks.ts';
import type { CardPayment } from './receipt-card.ts';
import { cardBlocks } from './receipt-card-blocks.ts';
import { type CardLabels, cardLabels } from './receipt-card-labels.ts';
import { receiptLabels } from './receipt-labels.ts';

/** A payment, where it was made, and whose copy is asked for. */
export type CardSlipInput = ReceiptOrigin & {
  audience: ReceiptAudience;
  card: CardPayment;
  /** Of the sale that the payment belongs to; null where there is none. */
  receipt_code: string | null;
};

/** The slip. Asserts that the payment may be printed; an unknown time zone or locale is a RangeError of Intl. */
export function cardSlipDocument(input: CardSlipInput): ReceiptDocument {
  const labels = receiptLabels(input.locale);
  const words = cardLabels(input.locale);
  return {
    title: titled(words.slip, input, labels),
    language: input.locale,
    blocks: [
      ...headBlocks(input, labels),
      { kind: 'rule' },
      row(labels.date, timeText(input.created_at, input)),
      ...cashierRows(input, labels),
      { kind: 'rule' },
      ...headingBlocks(input.card, words),
      ...cardBlocks(input.card, input, createMoneyFormat(input.locale)),
      { kind: 'rule' },
      ...(input.receipt_code === null ? [] : [{ kind: 'code', value: input.receipt_code } as const]),
      centred(input.op_id),
      centred(input.audience === 'customer' ? words.keep : words.keepMerchant),
    ],
  };
}

/** Nobody is to take a slip for a payment that is none: all but an approved purchase is told in large type. */
function headingBlocks({ outcome, transaction }: CardPayment, labels: CardLabels): ReceiptBlock[] {
  if (outcome.kind === 'declined' || outcome.kind === 'cancelled') return [big(labels.failed[outcome.kind])];
  return transaction === 'purchase' ? [] : [big(labels.headings[transaction])];
}
