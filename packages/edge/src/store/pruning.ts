/**
 * Pruning: entries that the hub holds in its ledger and its archive leave this store once they are old enough. The row
 * of a transaction stays for ever, so that a repeated key finds its answer; what goes is the contents. The chain goes on
 * from the stream's mark, and the last seal at or below the mark stays to vouch for it.
 */
import type { FeedPage } from '@holdfast/protocol';
import { streamsToPull } from './history.ts';
import type { Db } from './open.ts';
import { allStreams, entryIdOf, placeOf, type StreamRow } from './streams.ts';

/** Entries pruned in one commit: sales wait for so many, some milliseconds. */
export const PRUNE_CHUNK = 200;

/** What may go: how much of each stream the hub's feed includes, and the age in milliseconds since the epoch. */
export type PruneLimits = { includes: FeedPage['includes']; beforeMs: number };

/** Where a stream may be pruned to, and the hash there. */
export type PrunePoint = { stream: StreamRow; seq: number; hash: Buffer };

/** The next piece to prune, at most {@link PRUNE_CHUNK} entries of one stream; undefined when nothing may go. */
export function findPrunable(db: Db, limits: PruneLimits & { nowMs: number }): PrunePoint | undefined {
  const pulled = new Set(streamsToPull(db).map((stream) => stream.incarnation));
  for (const stream of allStreams(db)) {
    // What is being pulled back may still have to be compared with what is here.
    if (pulled.has(stream.incarnation)) continue;
    const held = limits.includes.find(
      (item) => item.incarnation === stream.incarnation && item.lane === stream.lane,
    );
    const upTo = Math.min(stream.acked_seq, stream.safe_seq, held?.seq ?? 0);
    const point = upTo > stream.pruned_seq ? lastOld(db, { stream, upTo, ...limits }) : undefined;
    if (point) return { stream, ...point };
  }
  return undefined;
}

/** Removes the entries up to a point that {@link findPrunable} found, inside the caller's transaction. */
export function pruneTo(db: Db, { stream, seq, hash }: PrunePoint): number {
  const from = entryIdOf(stream.stream_no, 1);
  const to = entryIdOf(stream.stream_no, seq);
  const { changes } = db.prepare('DELETE FROM entry WHERE entry_id BETWEEN ? AND ?').run(from, to);
  db.prepare(
    `DELETE FROM seal WHERE entry_id >= ?
       AND entry_id < (SELECT max(entry_id) FROM seal WHERE entry_id BETWEEN ? AND ?)`,
  ).run(from, from, to);
  db.prepare('UPDATE stream SET pruned_seq = ?, pruned_hash = ? WHERE stream_no = ?').run(
    seq,
    hash,
    stream.stream_no,
  );
  return changes;
}

/**
 * The last entry of the next chunk that is old enough, with all before it. The order of a stream is true, its clock may
 * not have been: an entry from the future is as old as what follows it says.
 */
function lastOld(
  db: Db,
  of: { stream: StreamRow; upTo: number; beforeMs: number; nowMs: number },
): { seq: number; hash: Buffer } | undefined {
  const { stream_no: streamNo, pruned_seq: pruned } = of.stream;
  const rows = db
    .prepare(
      "SELECT entry_id, hash, json_extract(header, '$.at') AS at FROM entry WHERE entry_id BETWEEN ? AND ? ORDER BY entry_id",
    )
    .all(entryIdOf(streamNo, pruned + 1), entryIdOf(streamNo, Math.min(of.upTo, pruned + PRUNE_CHUNK))) as {
    entry_id: number;
    hash: Buffer;
    at: string;
  }[]; // The columns asked for.
  let found: { seq: number; hash: Buffer } | undefined;
  for (const row of rows) {
    const atMs = Date.parse(row.at);
    if (atMs < of.beforeMs) found = { seq: placeOf(row.entry_id).seq, hash: row.hash };
    else if (atMs <= of.nowMs) break;
  }
  return found;
}
