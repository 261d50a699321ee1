/** Transactions as the local API shows them. */
import { must } from '@holdfast/base';
import { toDecimal } from '@holdfast/money';
import type { EdgeTransaction, MoneySum } from '@holdfast/protocol';
import type { Db } from './open.ts';
import { placeOf } from './streams.ts';

/** A row of `edge_transactions`. */
export type TransactionRow = {
  id: number;
  op_id: Buffer;
  request_hash: Buffer;
  store_id: string;
  cashier_id: string;
  customer_reference: string | null;
  amount_minor: bigint;
  change_minor: bigint;
  currency: string;
  receipt_code: string;
  flags: string;
  terminal_id: string | null;
  created_at: number;
  synced_at: number | null;
};

const COLUMNS =
  't.id, t.op_id, t.request_hash, t.store_id, t.cashier_id, t.customer_reference, t.amount_minor, t.change_minor, t.currency, t.receipt_code, t.flags, t.terminal_id, t.created_at, t.synced_at';

/** Sixteen bytes of a UUID's text. */
export function opIdBytes(opId: string): Buffer {
  return Buffer.from(opId.replaceAll('-', ''), 'hex');
}

/** A UUID's text from its sixteen bytes. */
function opIdText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A page of transactions, newest first, from below `beforeId`. */
export function listTransactions(
  db: Db,
  page: { synced?: boolean | undefined; beforeId?: number | undefined; limit: number },
): EdgeTransaction[] {
  const synced =
    page.synced === undefined ? '' : page.synced ? 'AND t.synced_at IS NOT NULL' : 'AND t.synced_at IS NULL';
  const rows = db
    .prepare(
      `SELECT ${COLUMNS}, e.body FROM edge_transactions t JOIN entry e ON e.entry_id = t.id WHERE t.id < ? ${synced} ORDER BY t.id DESC LIMIT ?`,
    )
    .safeIntegers()
    .all(BigInt(page.beforeId ?? Number.MAX_SAFE_INTEGER), BigInt(page.limit));
  return rows.map((row) => present(row as RawRow)); // Columns are the type's.
}

/** One transaction by its operation. */
export function findTransaction(db: Db, opId: string): EdgeTransaction | undefined {
  const row = db
    .prepare(
      `SELECT ${COLUMNS}, e.body FROM edge_transactions t JOIN entry e ON e.entry_id = t.id WHERE t.op_id = ?`,
    )
    .safeIntegers()
    .get(opIdBytes(opId));
  return row === undefined ? undefined : present(row as RawRow); // Columns are the type's.
}

/** Count and sum per currency of what waits to be acked. */
export function pendingSums(db: Db): MoneySum[] {
  const rows = db
    .prepare(
      'SELECT currency, count(*) AS count, sum(amount_minor) AS amount FROM edge_transactions WHERE synced_at IS NULL GROUP BY currency ORDER BY currency',
    )
    .safeIntegers()
    .all() as { currency: string; count: bigint; amount: bigint }[]; // Columns are the type's.
  return rows.map((row) => ({
    currency: row.currency,
    count: Number(row.count),
    amount: toDecimal(row.amount, row.currency),
  }));
}

type RawRow = Omit<TransactionRow, 'id' | 'created_at' | 'synced_at'> & {
  id: bigint;
  created_at: bigint;
  synced_at: bigint | null;
  body: string | null;
};

function present(row: RawRow): EdgeTransaction {
  const id = Number(row.id);
  return {
    id,
    edge_transaction_id: opIdText(row.op_id),
    store_id: row.store_id,
    cashier_id: row.cashier_id,
    customer_reference: row.customer_reference,
    amount_total: toDecimal(row.amount_minor, row.currency),
    currency: row.currency,
    payload_json: payloadOf(row.body),
    created_at: instant(row.created_at),
    synced_at: row.synced_at === null ? null : instant(row.synced_at),
    seq: placeOf(id).seq,
    receipt_code: row.receipt_code,
    flags: row.flags === '' ? [] : row.flags.split(','),
  };
}

/** The posted text; empty once the body was erased. */
function payloadOf(bodyLine: string | null): string {
  if (bodyLine === null) return '';
  const line: { body: { payload?: string } } = JSON.parse(bodyLine);
  return must(line.body.payload, 'the body of a sale holds its payload');
}

function instant(ms: bigint): string {
  return new Date(Number(ms)).toISOString();
}
