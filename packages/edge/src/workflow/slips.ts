/** What `edge.print_receipt` prints: the receipt of a sale, or, before the sale is in the journal, a slip. */
import { isAppError, isUuid } from '@holdfast/base';
import { type ReceiptDocument, receiptEscPos, receiptLabels, receiptText } from '@holdfast/commerce';
import { createMoneyFormat, formatMoney, toMinor } from '@holdfast/money';
import { type ReceiptSources, receiptOf } from '../sale-receipt.ts';
import { findTransaction } from '../store/transactions.ts';

/** Characters in a line of the printer. */
const WIDTH = 42;

/** What is asked for: a sale by its operation, or an amount as a decimal string. */
export type SlipOrder = { opId: string | null; amount: string | null; currency: string; instanceId: string };

export type Slip = { bytes: Uint8Array; text: string };

export type Slips = {
  /** What is to be printed, or why nothing can be. */
  render(order: SlipOrder): Slip | { kind: 'failed'; code: string; message: string };
};

export function createSlips(sources: ReceiptSources): Slips {
  return {
    render(order) {
      if (order.opId === null) return rendered(slipOf(sources, order));
      const transaction = isUuid(order.opId) ? findTransaction(sources.db, order.opId) : undefined;
      if (transaction === undefined)
        return { kind: 'failed', code: 'not_found', message: `There is no sale ${order.opId}.` };
      try {
        return rendered(receiptOf(sources, transaction, 0));
      } catch (error) {
        if (!isAppError(error, 'sale_pruned')) throw error;
        return { kind: 'failed', code: error.code, message: error.message };
      }
    },
  };
}

function rendered(document: ReceiptDocument): Slip {
  return { bytes: receiptEscPos(document, WIDTH), text: receiptText(document, WIDTH) };
}

function slipOf({ options, enrolment }: ReceiptSources, order: SlipOrder): ReceiptDocument {
  const { locale, storeId } = options;
  const labels = receiptLabels(locale);
  const { amount, currency } = order;
  const total =
    amount === null ? '' : formatMoney(toMinor(amount, currency), currency, createMoneyFormat(locale));
  return {
    title: labels.receipt,
    language: locale,
    blocks: [
      { kind: 'big', text: enrolment()?.store_name ?? storeId },
      { kind: 'rule' },
      ...(amount === null ? [] : [{ kind: 'row', left: labels.total, right: total, bold: true } as const]),
      { kind: 'text', text: order.instanceId, align: 'center', indent: 0 },
      { kind: 'text', text: labels.thanks, align: 'center', indent: 0 },
    ],
  };
}
