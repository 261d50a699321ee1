/** The receipt of a transaction, from what the store holds of it. */
import { AppError } from '@holdfast/base';
import {
  type PricedSale,
  priceSale,
  type ReceiptDocument,
  type ReceiptTender,
  receiptDocument,
} from '@holdfast/commerce';
import { type EdgeTransaction, SaleRequest } from '@holdfast/protocol';
import { cardBlockOf, keptCardOf } from './card-block.ts';
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
  const payload: unknown = JSON.parse(transaction.payload_json);
  const sale = priceSale(SaleRequest.parse(payload));
  return receiptDocument({
    ...sale,
    tenders: tendersOf(sale, { payload, store: storeOf(sources, transaction) }),
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

/** Who sold: on the block of a card by the names that the store goes by. */
type Store = { terminalId: string; merchantId: string };

function storeOf(sources: ReceiptSources, transaction: EdgeTransaction): Store {
  const { store_id: merchantId, edge_transaction_id } = transaction;
  return { terminalId: findTerminalOf(sources.db, edge_transaction_id) ?? merchantId, merchantId };
}

/** The journal books cash; a card that has approved the sale tells in its payload that it did. */
function tendersOf(
  sale: PricedSale,
  { payload, store }: { payload: unknown; store: Store },
): readonly ReceiptTender[] {
  const kept = keptCardOf(payload);
  const { total_minor: amountMinor, currency } = sale;
  const card = kept && cardBlockOf({ ...kept, ...store, amountMinor, currency });
  return card === undefined ? sale.tenders : [{ type: 'card', amount_minor: amountMinor, card }];
}
