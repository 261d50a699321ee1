/**
 * History: entries of this device that the hub holds and a store that was restored from a copy lacks. They are pulled
 * back into a closed stream of their own, so that they never stand in the way of what was sold since. Such a stream
 * begins after the last entry both sides know; its tip is how far it has been pulled, which is all there is to remember.
 */
import { must } from '@holdfast/base';
import { GENESIS } from '@holdfast/journal';
import { type FeedPage, HUB_INCARNATION, type Lane } from '@holdfast/protocol';
import { readHash } from './entries.ts';
import type { Db } from './open.ts';
import { NEW_STREAM_COLUMNS, STREAM_COLUMNS, type StreamRow } from './streams.ts';

/** Why such a stream is closed: pages are outstanding, or all is there. */
const REPULL = 'repull';
export const HISTORY = 'history';

/** One lane of one life of a device, whatever streams of the store hold pieces of it. */
export type Life = { device_id: string; incarnation: string; lane: Lane };

/** Streams with pages outstanding, oldest first. */
export function streamsToPull(db: Db): StreamRow[] {
  return db
    .prepare(`SELECT ${STREAM_COLUMNS} FROM stream WHERE closed_why = ? ORDER BY stream_no`)
    .all(REPULL) as StreamRow[]; // Columns are the type's.
}

/** True once a page of the stream was taken. */
export function hasPulled(db: Db, stream: StreamRow): boolean {
  return readHash(db, { streamNo: stream.stream_no, seq: stream.tip_seq }) !== undefined;
}

/** The hash of entry `seq` as this store knows it; undefined when it never had it. */
export function knownHash(db: Db, life: Life, seq: number): Uint8Array | undefined {
  if (seq === 0) return GENESIS;
  for (const stream of streamsOf(db, life)) {
    if (stream.tip_seq === seq) return stream.tip_hash;
    if (stream.acked_seq === seq) return stream.acked_hash;
    const hash = readHash(db, { streamNo: stream.stream_no, seq });
    if (hash) return hash;
  }
  return undefined;
}

/** Opens a stream for what comes after `afterSeq`, which the store holds; not a second one while one is outstanding. */
export function addRepull(db: Db, life: Life, at: { afterSeq: number; nowMs: number }): void {
  if (streamsOf(db, life).some((stream) => stream.closed_why === REPULL)) return;
  const hash = must(knownHash(db, life, at.afterSeq), 'what is pulled follows an entry that is here');
  db.prepare(
    `INSERT INTO stream (${NEW_STREAM_COLUMNS}) VALUES ((SELECT coalesce(max(stream_no) + 1, 0) FROM stream), ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, NULL, ?, ?, ?)`,
  ).run(
    life.device_id,
    life.incarnation,
    life.lane,
    at.afterSeq,
    hash,
    at.afterSeq,
    hash,
    at.nowMs,
    at.nowMs,
    REPULL,
  );
}

/** A stream of which the hub holds more than this store, and how far the store goes. */
export type Lack = { life: Life; heldHere: number; isOpen: boolean };

/** Where the hub, by what a page of its feed includes, holds more of this device and nobody pulls it yet. */
export function findLacks(db: Db, deviceId: string, includes: FeedPage['includes']): Lack[] {
  const lacks: Lack[] = [];
  for (const held of includes) {
    const life = { device_id: deviceId, incarnation: held.incarnation, lane: held.lane };
    const here = streamsOf(db, life);
    const heldHere = Math.max(0, ...here.map((stream) => stream.tip_seq));
    const isPulled = here.some((stream) => stream.closed_why === REPULL);
    if (held.incarnation === HUB_INCARNATION || held.seq <= heldHere || isPulled) continue;
    lacks.push({ life, heldHere, isOpen: here.some((stream) => stream.closed_at === null) });
  }
  return lacks;
}

function streamsOf(db: Db, life: Life): StreamRow[] {
  return db
    .prepare(`SELECT ${STREAM_COLUMNS} FROM stream WHERE device_id = ? AND incarnation = ? AND lane = ?`)
    .all(life.device_id, life.incarnation, life.lane) as StreamRow[]; // Columns are the type's.
}
