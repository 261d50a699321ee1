/** Streams: where each chained lane of each incarnation stands. */
import { must } from '@holdfast/base';
import { GENESIS } from '@holdfast/journal';
import { LANE_NAMES, LANES, type Lane } from '@holdfast/protocol';
import type { Db } from './open.ts';

/** Entries per stream number; `entry_id = stream_no * SPAN + seq` stays exact in a JavaScript number. */
const SPAN = 2 ** 40;

/** A row of `stream`. */
export type StreamRow = {
  stream_no: number;
  device_id: string;
  incarnation: string;
  lane: Lane;
  tip_seq: number;
  tip_hash: Buffer;
  acked_seq: number;
  acked_hash: Buffer;
  safe_seq: number;
  quarantined: number;
  last_ack: string | null;
  last_ack_at: number | null;
  opened_at: number;
  closed_at: number | null;
  closed_why: string | null;
  /** The entries up to here are gone; the chain goes on from `pruned_hash`. 0 while nothing was pruned. */
  pruned_seq: number;
  pruned_hash: Buffer;
};

/** What a new stream is inserted with; the other columns have defaults. */
export const NEW_STREAM_COLUMNS =
  'stream_no, device_id, incarnation, lane, tip_seq, tip_hash, acked_seq, acked_hash, safe_seq, quarantined, last_ack, last_ack_at, opened_at, closed_at, closed_why';

/** The columns of a {@link StreamRow}, in its order. */
export const STREAM_COLUMNS = `${NEW_STREAM_COLUMNS}, pruned_seq, pruned_hash`;

/** The key of entry `seq` of a stream. */
export function entryIdOf(streamNo: number, seq: number): number {
  return streamNo * SPAN + seq;
}

/** The place of an entry. */
export function placeOf(entryId: number): { streamNo: number; seq: number } {
  const streamNo = Math.floor(entryId / SPAN);
  return { streamNo, seq: entryId - streamNo * SPAN };
}

/** The streams that take entries, one a chained lane. */
export function openStreams(db: Db): StreamRow[] {
  return db
    .prepare(`SELECT ${STREAM_COLUMNS} FROM stream WHERE closed_at IS NULL ORDER BY stream_no`)
    .all() as StreamRow[]; // Columns are the type's.
}

/** The open stream of a lane. */
export function openStream(db: Db, lane: Lane): StreamRow {
  const row = db
    .prepare(`SELECT ${STREAM_COLUMNS} FROM stream WHERE closed_at IS NULL AND lane = ?`)
    .get(lane);
  return must(row, `no open stream for ${lane}`) as StreamRow; // Columns are the type's.
}

/** Every stream there ever was, oldest first. */
export function allStreams(db: Db): StreamRow[] {
  return db.prepare(`SELECT ${STREAM_COLUMNS} FROM stream ORDER BY stream_no`).all() as StreamRow[]; // Columns are the type's.
}

/** Opens a stream for every chained lane under a new incarnation. */
export function createStreams(db: Db, at: { deviceId: string; incarnation: string; nowMs: number }): void {
  const insert = db.prepare(
    `INSERT INTO stream (${NEW_STREAM_COLUMNS}) VALUES ((SELECT coalesce(max(stream_no) + 1, 0) FROM stream), ?, ?, ?, 0, ?, 0, ?, 0, 0, NULL, NULL, ?, NULL, NULL)`,
  );
  for (const lane of LANE_NAMES)
    if (LANES[lane].chained) insert.run(at.deviceId, at.incarnation, lane, GENESIS, GENESIS, at.nowMs);
}

/** Ends the open streams: they take no more entries and send none. */
export function closeStreams(db: Db, at: { nowMs: number; why: string }): void {
  db.prepare('UPDATE stream SET closed_at = ?, closed_why = ? WHERE closed_at IS NULL').run(at.nowMs, at.why);
}

/** Operations that wait for an ack, in all open streams. */
export function countPending(db: Db): number {
  return Number(
    db
      .prepare('SELECT coalesce(sum(tip_seq - acked_seq), 0) FROM stream WHERE closed_at IS NULL')
      .pluck()
      .get(),
  );
}

/** Streams of a device that were closed, oldest first; not the ones that history was pulled back into. */
export function ownClosedStreams(db: Db, deviceId: string): StreamRow[] {
  return db
    .prepare(
      `SELECT ${STREAM_COLUMNS} FROM stream WHERE device_id = ? AND closed_at IS NOT NULL AND closed_why NOT IN ('repull', 'history') ORDER BY stream_no`,
    )
    .all(deviceId) as StreamRow[]; // Columns are the type's.
}
