/** Walks the tables that are ordered by place side by side, a piece at a time, so that a store of any size fits. */
import type { SealLine } from '@holdfast/protocol';
import type { EntryRow } from '../store/entries.ts';
import type { Db } from '../store/open.ts';
import type { TransactionRow } from '../store/transactions.ts';

/** A row of `edge_transactions` with its numbers as they are. */
export type RawTransaction = Omit<TransactionRow, 'id' | 'created_at' | 'synced_at'> & {
  id: bigint;
  created_at: bigint;
  synced_at: bigint | null;
};

/** Everything that stands at one place; `id` is an `entry_id`. */
export type PlacedRow = {
  id: number;
  entry: EntryRow | undefined;
  seal: SealLine | undefined;
  transaction: RawTransaction | undefined;
};

/** Rows read of a table at a time. */
const PIECE = 500;

/** One place after the other, in order; undefined after the last. */
export type PlacedRows = { peek(): PlacedRow | undefined; take(): void };

/** The rows of the store, from the first place to the last. */
export function placedRows(db: Db): PlacedRows {
  const entries = column<EntryRow>(
    (after) =>
      db
        .prepare(
          'SELECT entry_id, header, body, hash FROM entry WHERE entry_id > ? ORDER BY entry_id LIMIT ?',
        )
        .all(after, PIECE) as EntryRow[], // Columns are the type's.
    (row) => row.entry_id,
  );
  const seals = column<SealLine & { entry_id: number }>(
    (after) =>
      db
        .prepare(
          'SELECT entry_id, statement, signature FROM seal WHERE entry_id > ? ORDER BY entry_id LIMIT ?',
        )
        .all(after, PIECE) as (SealLine & { entry_id: number })[], // Columns are the type's.
    (row) => row.entry_id,
  );
  const transactions = column<RawTransaction>(
    (after) =>
      db
        .prepare('SELECT * FROM edge_transactions WHERE id > ? ORDER BY id LIMIT ?')
        .safeIntegers()
        .all(BigInt(after), BigInt(PIECE)) as RawTransaction[], // Columns are the type's.
    (row) => Number(row.id),
  );
  let held: PlacedRow | undefined;
  return {
    peek() {
      if (held) return held;
      const id = Math.min(entries.nextId(), seals.nextId(), transactions.nextId());
      if (id === Number.POSITIVE_INFINITY) return undefined;
      held = { id, entry: entries.takeAt(id), seal: seals.takeAt(id), transaction: transactions.takeAt(id) };
      return held;
    },
    take() {
      held = undefined;
    },
  };
}

/** One table; infinity is the place after its last row. */
type Column<T> = { nextId(): number; takeAt(id: number): T | undefined };

function column<T>(read: (after: number) => T[], idOf: (row: T) => number): Column<T> {
  let rows: T[] = [];
  let at = 0;
  let last = Number.MIN_SAFE_INTEGER;
  let isDone = false;
  const next = (): T | undefined => {
    if (at >= rows.length && !isDone) {
      rows = read(last);
      at = 0;
      isDone = rows.length < PIECE;
    }
    return rows[at];
  };
  return {
    nextId() {
      const row = next();
      return row === undefined ? Number.POSITIVE_INFINITY : idOf(row);
    },
    takeAt(id) {
      const row = next();
      if (row === undefined || idOf(row) !== id) return undefined;
      at += 1;
      last = id;
      return row;
    },
  };
}
