/** What `edge.print_receipt` prints: the receipt of a sale, or, before the sale is in the journal, a slip. */
import { isAppError, isUuid } from '@holdfast/base';
import {
  cardSlipDocument,
  RECEIPT_WIDTHS,
  type ReceiptDocument,
  type ReceiptWidth,
  receiptEscPos,
  receiptLabels,
  receiptText,
} from '@holdfast/commerce';
import { createMoneyFormat, formatMoney, toMinor } from '@holdfast/money';
import type { Json } from '@holdfast/workflow';
import { cardBlockOf } from '../card-block.ts';
import { type ReceiptSources, receiptOf } from '../sale-receipt.ts';
import { findTransaction } from '../store/transactions.ts';

/** `nowMs` is the wall clock. */
export type SlipSources = ReceiptSources & { nowMs(): number };

/** What is asked for: a sale by its operation, or an amount as a decimal string, with what a card left behind. */
export type SlipOrder = {
  opId: string | null;
  amount: string | null;
  currency: string;
  instanceId: string;
  card: Json;
  approvalCode: string | null;
  /** 0 for the original, n for its nth copy. */
  copy: number;
};

export type Slip = { bytes: Uint8Array; text: string };

export type Slips = {
  /** What is to be printed, or why nothing can be. */
  render(order: SlipOrder): Slip | { kind: 'failed'; code: string; message: string };
};

/** Renders for the printer of the store; a sale whose lines are gone is a failure, as one that never was. */
export function createSlips(sources: SlipSources): Slips {
  return {
    render(order) {
      if (order.opId === null)
        return rendered(cardSlipOf(sources, order) ?? slipOf(sources, order), widthOf(sources));
      const transaction = isUuid(order.opId) ? findTransaction(sources.db, order.opId) : undefined;
      if (transaction === undefined)
        return { kind: 'failed', code: 'not_found', message: `There is no sale ${order.opId}.` };
      try {
        return rendered(receiptOf(sources, transaction, order.copy), widthOf(sources));
      } catch (error) {
        if (!isAppError(error, 'sale_pruned')) throw error;
        return { kind: 'failed', code: error.code, message: error.message };
      }
    },
  };
}

function rendered(document: ReceiptDocument, width: ReceiptWidth): Slip {
  return { bytes: receiptEscPos(document, width), text: receiptText(document, width) };
}

function widthOf({ options }: ReceiptSources): ReceiptWidth {
  return RECEIPT_WIDTHS[options.printerWidth];
}

/** The slip of a card that has approved, before its sale is in the journal. */
function cardSlipOf(
  { options, enrolment, nowMs }: SlipSources,
  { card: kept, amount, currency, approvalCode, instanceId, copy }: SlipOrder,
): ReceiptDocument | undefined {
  if (kept === null || amount === null) return undefined;
  const known = enrolment();
  const storeId = known?.store_id ?? options.storeId;
  const amountMinor = toMinor(amount, currency);
  const ids = { terminalId: storeId, merchantId: storeId };
  const card = cardBlockOf({ kept, amountMinor, currency, approvalCode, ...ids });
  return (
    card &&
    cardSlipDocument({
      audience: 'customer',
      card,
      receipt_code: null,
      store_name: known?.store_name ?? storeId,
      store_id: storeId,
      terminal_name: null,
      cashier_name: null,
      op_id: instanceId,
      created_at: new Date(nowMs()).toISOString(),
      time_zone: known?.time_zone ?? options.timeZone,
      locale: options.locale,
      copy,
    })
  );
}

function slipOf({ options, enrolment }: ReceiptSources, order: SlipOrder): ReceiptDocument {
  const { locale, storeId } = options;
  const labels = receiptLabels(locale);
  const { amount, currency, copy } = order;
  const total =
    amount === null ? '' : formatMoney(toMinor(amount, currency), currency, createMoneyFormat(locale));
  return {
    title: labels.receipt,
    language: locale,
    blocks: [
      { kind: 'big', text: enrolment()?.store_name ?? storeId },
      ...(copy === 0 ? [] : [{ kind: 'big', text: `${labels.copy} ${copy}` } as const]),
      { kind: 'rule' },
      ...(amount === null ? [] : [{ kind: 'row', left: labels.total, right: total, bold: true } as const]),
      { kind: 'text', text: order.instanceId, align: 'center', indent: 0 },
      { kind: 'text', text: labels.thanks, align: 'center', indent: 0 },
    ],
  };
}
