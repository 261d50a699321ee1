/** Transactions as the local API shows them. */
import { LIMITS, must } from '@holdfast/base';
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
export function opIdText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * A page of transactions, newest first, from below `beforeId`; it ends early when it grows large. `more` says whether
 * there is another one.
 */
export function listTransactions(
  db: Db,
  page: { synced?: boolean | undefined; beforeId?: number | undefined; limit: number },
): { transactions: EdgeTransaction[]; more: boolean } {
  const synced =
    page.synced === undefined ? '' : page.synced ? 'AND t.synced_at IS NOT NULL' : 'AND t.synced_at IS NULL';
  const rows = db
    .prepare(
      `SELECT ${COLUMNS}, e.body, e.entry_id IS NULL AS pruned FROM edge_transactions t LEFT JOIN entry e ON e.entry_id = t.id WHERE t.id < ? ${synced} ORDER BY t.id DESC`,
    )
    .safeIntegers()
    .iterate(BigInt(page.beforeId ?? Number.MAX_SAFE_INTEGER)) as IterableIterator<RawRow>; // Columns are the type's.
  const transactions: EdgeTransaction[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (transactions.length >= page.limit || bytes > LIMITS.pageBytesMax) return { transactions, more: true };
    bytes += row.body?.length ?? 0;
    transactions.push(present(row));
  }
  return { transactions, more: false };
}

/** One transaction by its operation. */
export function findTransaction(db: Db, opId: string): EdgeTransaction | undefined {
  const row = db
    .prepare(
      `SELECT ${COLUMNS}, e.body, e.entry_id IS NULL AS pruned FROM edge_transactions t LEFT JOIN entry e ON e.entry_id = t.id WHERE t.op_id = ?`,
    )
    .safeIntegers()
    .get(opIdBytes(opId));
  return row === undefined ? undefined : present(row as RawRow); // Columns are the type's.
}

/** In two halves: the sum of many large amounts is more than SQLite's 64 bits hold. */
type Added = { currency: string; count: bigint; high: bigint; low: bigint; last: bigint };

/** Count and sum per currency of what waits to be acked. */
export type PendingSums = { read(): MoneySum[] };

/**
 * Sums what waits, and asks the store only for what came since it was last asked: a till looks every second, however
 * long the outage. What leaves the queue makes it count anew.
 */
export function createPendingSums(db: Db): PendingSums {
  const added = db
    .prepare(
      `SELECT currency, count(*) AS count, sum(amount_minor >> 32) AS high, sum(amount_minor & 0xffffffff) AS low, max(id) AS last
       FROM edge_transactions WHERE synced_at IS NULL AND id > ? GROUP BY currency`,
    )
    .safeIntegers();
  const sums = new Map<string, { count: bigint; amount: bigint }>();
  let lastId = -1n;
  let shape = '';
  return {
    read() {
      // Whatever takes from the queue or moves it moves an ack or opens a stream.
      const now = String(
        db.prepare("SELECT group_concat(stream_no || ':' || acked_seq) FROM stream").pluck().get(),
      );
      if (now !== shape) {
        sums.clear();
        lastId = -1n;
        shape = now;
      }
      const rows = added.all(lastId) as Added[]; // Columns are the type's.
      for (const row of rows) {
        const sum = sums.get(row.currency) ?? { count: 0n, amount: 0n };
        sums.set(row.currency, {
          count: sum.count + row.count,
          amount: sum.amount + (row.high << 32n) + row.low,
        });
        if (row.last > lastId) lastId = row.last;
      }
      return [...sums]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([currency, { count, amount }]) => ({
          currency,
          count: Number(count),
          amount: toDecimal(amount, currency),
        }));
    },
  };
}

type RawRow = Omit<TransactionRow, 'id' | 'created_at' | 'synced_at'> & {
  id: bigint;
  created_at: bigint;
  synced_at: bigint | null;
  body: string | null;
  pruned: bigint;
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
    pruned: row.pruned === 1n,
  };
}

/** The posted text; empty once the body was erased or the entry was pruned. */
function payloadOf(bodyLine: string | null): string {
  if (bodyLine === null) return '';
  const line: { body: { payload?: string } } = JSON.parse(bodyLine);
  return must(line.body.payload, 'the body of a sale holds its payload');
}

function instant(ms: bigint): string {
  return new Date(Number(ms)).toISOString();
}
