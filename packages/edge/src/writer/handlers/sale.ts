/**
 * Takes a sale: checks it, prices it, appends it and books its row, all inside the group's transaction. What is wrong
 * with a request is found before anything is written.
 */
import { AppError, faultsOf } from '@holdfast/base';
import { type PricedSale, priceSale } from '@holdfast/commerce';
import { sha256 } from '@holdfast/crypto';
import { receiptCode } from '@holdfast/journal';
import { toDecimal } from '@holdfast/money';
import { type SaleBody, type SaleReceipt, SaleRequest } from '@holdfast/protocol';
import { placeOf } from '../../store/streams.ts';
import { opIdBytes } from '../../store/transactions.ts';
import type { SaleCommand, SaleResult } from '../commands.ts';
import type { Statements } from '../statements.ts';
import type { Transaction } from '../transaction.ts';

const MESSAGE = 'Saved here. Goes to the ledger when the connection is back.';

/** The answer a sale already has, if its operation is in the store; another body under its key is refused. */
export function findSale(statements: Statements, command: SaleCommand): SaleResult | undefined {
  const row = statements.findSale.get(opIdBytes(command.op_id)) as StoredSale | undefined; // The columns of the statement.
  if (!row) return undefined;
  if (!row.request_hash.equals(sha256(command.text)))
    throw new AppError(
      'idempotency_key_reused',
      'A sale with other contents was already taken under this key',
    );
  return {
    body: answer({
      op_id: command.op_id,
      seq: placeOf(Number(row.id)).seq,
      receipt_code: row.receipt_code,
      total: row.amount_minor,
      change: row.change_minor,
      currency: row.currency,
    }),
    replayed: true,
  };
}

/** Takes a sale, or repeats the answer it already has. */
export function takeSale(tx: Transaction, command: SaleCommand): SaleResult {
  const known = findSale(tx.statements, command);
  if (known) return known;
  const request = parseSale(command.text);
  if (command.staff_id !== null && request.cashier_id !== command.staff_id)
    throw new AppError('forbidden', 'The cashier of a sale is who is signed in at the terminal');
  const sale = priceSale(request);
  const flags = tx.state.catalogue.flagsFor(request);
  const placed = tx.append('transactions', {
    op_id: command.op_id,
    kind: 'sale',
    at: tx.nowText,
    terminal_id: command.terminal_id,
    staff_id: command.staff_id,
    body: saleBody(tx.state.isEnrolled ? tx.state.storeId : null, { command, request, sale, flags }),
  });
  const code = receiptCode(command.op_id, placed.bodyHash);
  tx.statements.insertSale.run(
    placed.entryId,
    opIdBytes(command.op_id),
    sha256(command.text),
    tx.state.storeId,
    request.cashier_id,
    request.customer_reference ?? null,
    sale.total_minor,
    sale.change_minor,
    sale.currency,
    code,
    flags.join(','),
    command.terminal_id,
    tx.nowMs,
  );
  const { total_minor: total, change_minor: change, currency } = sale;
  return {
    body: answer({ op_id: command.op_id, seq: placed.seq, receipt_code: code, total, change, currency }),
    replayed: false,
  };
}

type StoredSale = {
  id: bigint;
  request_hash: Buffer;
  amount_minor: bigint;
  change_minor: bigint;
  currency: string;
  receipt_code: string;
};

function parseSale(text: string): SaleRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError('malformed_json', 'The body is not a JSON document', { cause });
  }
  const parsed = SaleRequest.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error.issues);
  throw new AppError('invalid_request', `${faults[0]?.pointer}: ${faults[0]?.detail}`, { faults });
}

function saleBody(
  storeId: string | null,
  taken: { command: SaleCommand; request: SaleRequest; sale: PricedSale; flags: string[] },
): SaleBody {
  const { request, sale } = taken;
  return {
    store_id: storeId,
    cashier_id: request.cashier_id,
    customer_reference: request.customer_reference ?? null,
    currency: sale.currency,
    amount_total: toDecimal(sale.total_minor, sale.currency),
    tenders: sale.tenders.map((tender) => ({
      type: tender.type,
      amount: toDecimal(tender.amount_minor, sale.currency),
    })),
    change: toDecimal(sale.change_minor, sale.currency),
    flags: taken.flags,
    payload: taken.command.text,
  };
}

function answer(of: {
  op_id: string;
  seq: number;
  receipt_code: string;
  total: bigint;
  change: bigint;
  currency: string;
}): string {
  return JSON.stringify({
    edge_transaction_id: of.op_id,
    seq: of.seq,
    receipt_code: of.receipt_code,
    amount_total: toDecimal(of.total, of.currency),
    change: toDecimal(of.change, of.currency),
    currency: of.currency,
    message: MESSAGE,
  } satisfies SaleReceipt);
}
