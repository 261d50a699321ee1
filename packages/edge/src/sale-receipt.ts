/** The receipt of a transaction, from what the store holds of it. */
import { AppError } from '@holdfast/base';
import { priceSale, type ReceiptDocument, receiptDocument } from '@holdfast/commerce';
import { type EdgeTransaction, SaleRequest } from '@holdfast/protocol';
import type { EdgeContext } from './context.ts';
import { readStaff } from './store/feed.ts';
import { findTerminalOf } from './store/terminals.ts';

/** Where the facts on a receipt are looked up. */
export type ReceiptSources = Pick<EdgeContext, 'db' | 'options' | 'enrolment'>;

/** The receipt; `copy` 0 is the original, n its nth copy. Throws AppError `sale_pruned` when its lines are gone. */
export function receiptOf(
  sources: ReceiptSources,
  transaction: EdgeTransaction,
  copy: number,
): ReceiptDocument {
  if (transaction.payload_json === '')
    throw new AppError(
      'sale_pruned',
      'The lines of this sale are no longer at this edge, so it cannot be printed again',
    );
  const { db, options } = sources;
  const enrolment = sources.enrolment();
  const opId = transaction.edge_transaction_id;
  const cashier = readStaff(db).find((person) => person.staff_id === transaction.cashier_id);
  const sale = priceSale(SaleRequest.parse(JSON.parse(transaction.payload_json)));
  return receiptDocument({
    ...sale,
    store_name: enrolment?.store_name ?? transaction.store_id,
    store_id: transaction.store_id,
    terminal_name: findTerminalOf(db, opId) ?? null,
    cashier_name: cashier?.name ?? transaction.cashier_id,
    op_id: opId,
    receipt_code: transaction.receipt_code,
    seq: transaction.seq,
    created_at: transaction.created_at,
    time_zone: enrolment?.time_zone ?? options.timeZone,
    locale: options.locale,
    customer_reference: transaction.customer_reference,
    copy,
    offline: transaction.synced_at === null,
  });
}
