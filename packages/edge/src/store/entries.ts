/** Entries and seals as they lie in the store. */
import type { SealLine } from '@holdfast/protocol';
import type { Db } from './open.ts';
import { entryIdOf } from './streams.ts';

/** An entry as stored; `body` is null once it was erased. */
export type EntryRow = { entry_id: number; header: string; body: string | null; hash: Buffer };

/** Entries of a stream from `fromSeq` on, in order, at most `count`. */
export function readEntries(db: Db, at: { streamNo: number; fromSeq: number; count: number }): EntryRow[] {
  const from = entryIdOf(at.streamNo, at.fromSeq);
  return db
    .prepare(
      'SELECT entry_id, header, body, hash FROM entry WHERE entry_id BETWEEN ? AND ? ORDER BY entry_id',
    )
    .all(from, from + at.count - 1) as EntryRow[]; // Columns are the type's.
}

/** The same one at a time: stop when there is enough. No other statement of the connection runs meanwhile. */
export function iterateEntries(
  db: Db,
  at: { streamNo: number; fromSeq: number; count: number },
): IterableIterator<EntryRow> {
  const from = entryIdOf(at.streamNo, at.fromSeq);
  return db
    .prepare(
      'SELECT entry_id, header, body, hash FROM entry WHERE entry_id BETWEEN ? AND ? ORDER BY entry_id',
    )
    .iterate(from, from + at.count - 1) as IterableIterator<EntryRow>; // Columns are the type's.
}

/** One entry, if it is there. */
export function readEntry(db: Db, entryId: number): EntryRow | undefined {
  return db.prepare('SELECT entry_id, header, body, hash FROM entry WHERE entry_id = ?').get(entryId) as
    | EntryRow
    | undefined; // Columns are the type's.
}

/** The hash of entry `seq`, which may be the last one pruned; undefined when the store does not know it. */
export function readHash(db: Db, at: { streamNo: number; seq: number }): Buffer | undefined {
  return db
    .prepare(
      `SELECT hash FROM entry WHERE entry_id = ?
       UNION ALL SELECT pruned_hash FROM stream WHERE stream_no = ? AND pruned_seq = ? AND pruned_seq > 0`,
    )
    .pluck()
    .get(entryIdOf(at.streamNo, at.seq), at.streamNo, at.seq) as Buffer | undefined; // BLOB columns.
}

/** The seal made over exactly this entry as a head, if a commit ended there. */
export function readSeal(db: Db, entryId: number): SealLine | undefined {
  return db.prepare('SELECT statement, signature FROM seal WHERE entry_id = ?').get(entryId) as
    | SealLine
    | undefined; // Columns are the type's.
}

/** When the entry was made, as its header says; undefined when it is not there. */
export function readEntryTime(db: Db, entryId: number): string | undefined {
  const row = readEntry(db, entryId);
  if (!row) return undefined;
  const header: { at: string } = JSON.parse(row.header);
  return header.at;
}
