/** What the hub tells: acks, a new generation, and the reasons to go on under a new incarnation. */
import { must, randomId, toHex } from '@holdfast/base';
import { bodyHash, GENESIS } from '@holdfast/journal';
import type { EntryHeader } from '@holdfast/protocol';
import { readEntries, readHash } from '../../store/entries.ts';
import { addRepull, findLacks, knownHash } from '../../store/history.ts';
import { newMarks } from '../../store/marks.ts';
import { readMeta, writeMeta } from '../../store/meta.ts';
import { allStreams, closeStreams, createStreams, entryIdOf, type StreamRow } from '../../store/streams.ts';
import type {
  AckCommand,
  HubChangedCommand,
  HubHoldsCommand,
  HubMarksCommand,
  Results,
  RewrapCommand,
  RewrapLostCommand,
} from '../commands.ts';
import type { Transaction } from '../transaction.ts';

/** Entries read at a time while wrapping again. */
const REWRAP_CHUNK = 500;

/** What a person must do when the hub lost what it had called safe: nobody else holds what was pruned here. */
export const HUB_LOST =
  'The hub lost sales that it held safely. What is still here is sent again; for what was pruned here, replay the archive of the hub.';

/** Records an ack: the stream's marks and the `synced_at` of what it covers. A late ack changes nothing. */
export function recordAck(tx: Transaction, command: AckCommand): Results['ack'] {
  const { ack } = command;
  const ackedSeq = Number(
    tx.db.prepare('SELECT acked_seq FROM stream WHERE stream_no = ?').pluck().get(command.stream_no),
  );
  // A batch that was sent twice is answered twice; what waited then was counted then.
  const quarantined = command.quarantined.filter((seq) => seq > ackedSeq).length;
  const moved = tx.db
    .prepare(
      `UPDATE stream SET acked_seq = ?, acked_hash = ?, safe_seq = max(safe_seq, ?), quarantined = quarantined + ?, last_ack = ?, last_ack_at = ?
       WHERE stream_no = ? AND acked_seq <= ?`,
    )
    .run(
      ack.acked_seq,
      Buffer.from(ack.head_hash, 'hex'),
      ack.safe_seq,
      quarantined,
      JSON.stringify(ack),
      tx.nowMs,
      command.stream_no,
      ack.acked_seq,
    );
  if (moved.changes === 0) return { acked: 0 };
  writeMeta(tx.db, 'generation', ack.generation);
  const synced = tx.db
    .prepare('UPDATE edge_transactions SET synced_at = ? WHERE id BETWEEN ? AND ? AND synced_at IS NULL')
    .run(tx.nowMs, entryIdOf(command.stream_no, 1), entryIdOf(command.stream_no, ack.acked_seq));
  return { acked: synced.changes };
}

/** Records marks that no ack may come to carry any more: what was archived later, and what a person has decided. */
export function recordMarks(tx: Transaction, command: HubMarksCommand): Results['hub_marks'] {
  for (const { stream, safeSeq, quarantined } of newMarks(tx.db, command.includes))
    tx.db
      .prepare('UPDATE stream SET safe_seq = ?, quarantined = ? WHERE stream_no = ?')
      .run(safeSeq, quarantined, stream.stream_no);
  return null;
}

/**
 * The hub was restored: its marks replace ours, and what it lost waits again. Nothing is ever taken from the queue. A
 * hub whose head is not our entry is sent all that is here of the stream: comparing entry by entry, it finds where the
 * two part. One that lacks what was pruned here cannot be sent this stream any more, and gets another one.
 */
export function adoptGeneration(tx: Transaction, command: HubChangedCommand): Results['hub_changed'] {
  const { stream_no: streamNo } = command;
  // The cursor stays: it says what this edge has read, and by its generation that it has to begin anew.
  writeMeta(tx.db, 'generation', command.generation);
  const stream = must(
    allStreams(tx.db).find((candidate) => candidate.stream_no === streamNo),
    'an answer is for a stream that is here',
  );
  // Closed while the answer was on its way: what the hub lacks of it is wrapped again once the feed tells.
  if (stream.closed_at !== null) return { pending: 0 };
  if (command.acked_seq < stream.pruned_seq) {
    const from = { stream_no: streamNo, seq: command.acked_seq + 1 };
    return { pending: rewrap(tx, { type: 'rewrap', why: 'hub_lost', from }).rewrapped };
  }
  const own = command.acked_seq === 0 ? GENESIS : readHash(tx.db, { streamNo, seq: command.acked_seq });
  const isOurs = own !== undefined && toHex(own) === command.head_hash;
  const acked = isOurs
    ? { seq: command.acked_seq, hash: own }
    : { seq: stream.pruned_seq, hash: stream.pruned_hash };
  tx.db
    .prepare(
      'UPDATE stream SET acked_seq = ?, acked_hash = ?, safe_seq = min(safe_seq, ?), last_ack = NULL WHERE stream_no = ?',
    )
    .run(acked.seq, acked.hash, acked.seq, streamNo);
  tx.db
    .prepare('UPDATE edge_transactions SET synced_at = ? WHERE id BETWEEN ? AND ? AND synced_at IS NULL')
    .run(tx.nowMs, entryIdOf(streamNo, 1), entryIdOf(streamNo, acked.seq));
  const waiting = tx.db
    .prepare('UPDATE edge_transactions SET synced_at = NULL WHERE id > ? AND id < ?')
    .run(entryIdOf(streamNo, acked.seq), entryIdOf(streamNo + 1, 0));
  tx.reload();
  return { pending: waiting.changes };
}

/** Goes on under a new incarnation: every operation the hub may lack gets a new entry and stays the same operation. */
export function rewrap(tx: Transaction, command: RewrapCommand): Results['rewrap'] {
  const old = allStreams(tx.db).filter((stream) => stream.closed_at === null);
  // Before the new streams are opened: what comes back then has lower ids than what is sold from here on.
  if (command.why === 'restored' || command.why === 'fork')
    for (const stream of old) pullRestOf(tx, stream, command.from);
  const incarnation = beginIncarnation(tx, { deviceId: tx.state.deviceId, why: command.why });
  if (command.why === 'restored') writeMeta(tx.db, 'restored', null);
  if (command.why === 'clone') writeMeta(tx.db, 'shared_identity', '1');
  if (command.why === 'hub_lost') writeMeta(tx.db, 'attention', HUB_LOST);
  if (command.attention !== undefined) writeMeta(tx.db, 'attention', command.attention);
  let rewrapped = 0;
  let damaged = 0;
  for (const stream of old) {
    const from = command.from?.stream_no === stream.stream_no ? command.from.seq : stream.acked_seq + 1;
    const done = rewrapStream(tx, stream, Math.min(from, stream.acked_seq + 1));
    rewrapped += done.rewrapped;
    damaged += done.damaged;
  }
  // What cannot be read cannot be sent: a person must know, and the paper in the drawer is what is left of it.
  if (damaged > 0)
    writeMeta(
      tx.db,
      'attention',
      `${damaged} sales in this journal cannot be read and did not go to the hub. Keep the data folder.`,
    );
  return { rewrapped, damaged, incarnation };
}

/**
 * Wraps the end of a closed stream again: a hub that was restored lacks it, and no batch of that stream will tell. The
 * stream's marks go back to what the hub has, or to the start when that place was pruned.
 */
export function rewrapLost(tx: Transaction, command: RewrapLostCommand): Results['rewrap_lost'] {
  const stream = allStreams(tx.db).find((candidate) => candidate.stream_no === command.stream_no);
  if (!stream || stream.closed_at === null) return { rewrapped: 0 };
  const held = Math.min(command.from_seq - 1, stream.acked_seq);
  const hash = knownHash(tx.db, stream, held);
  const [seq, ackedHash] = hash ? [held, hash] : [0, GENESIS];
  tx.db
    .prepare(
      'UPDATE stream SET acked_seq = ?, acked_hash = ?, safe_seq = min(safe_seq, ?) WHERE stream_no = ?',
    )
    .run(seq, ackedHash, seq, stream.stream_no);
  if (held < stream.pruned_seq) writeMeta(tx.db, 'attention', HUB_LOST);
  return { rewrapped: rewrapStream(tx, stream, command.from_seq).rewrapped };
}

/**
 * Notes what this store lacks of its own. An open stream the hub is ahead of is that of a restored disk: it is ended
 * before anything else is sold into it.
 */
export function noteHeldByHub(tx: Transaction, command: HubHoldsCommand): Results['hub_holds'] {
  if (command.device_id !== tx.state.deviceId) return { lacking: 0 };
  const lacks = findLacks(tx.db, command.device_id, command.includes);
  for (const { life, heldHere, isOpen } of lacks)
    if (!isOpen) addRepull(tx.db, life, { afterSeq: heldHere, nowMs: tx.nowMs });
  if (lacks.some(({ isOpen }) => isOpen)) rewrap(tx, { type: 'rewrap', why: 'restored' });
  return { lacking: lacks.length };
}

/** What the hub holds after the last entry both sides are known to share is pulled back; without a hub there is none. */
function pullRestOf(tx: Transaction, stream: StreamRow, from: RewrapCommand['from']): void {
  if (readMeta(tx.db, 'enrolment') === undefined) return;
  const firstForeign = from?.stream_no === stream.stream_no ? from.seq : Number.POSITIVE_INFINITY;
  const shared = Math.max(0, Math.min(stream.acked_seq, stream.tip_seq, firstForeign - 1));
  // What was pruned is not known here any more: the whole stream is compared then.
  const afterSeq = knownHash(tx.db, stream, shared) ? shared : 0;
  addRepull(tx.db, stream, { afterSeq, nowMs: tx.nowMs });
}

/** Closes the open streams and opens empty ones under a new incarnation of `deviceId`. */
export function beginIncarnation(tx: Transaction, at: { deviceId: string; why: string }): string {
  const incarnation = randomId(tx.ports.random);
  closeStreams(tx.db, { nowMs: tx.nowMs, why: at.why });
  createStreams(tx.db, { deviceId: at.deviceId, incarnation, nowMs: tx.nowMs });
  tx.state.deviceId = at.deviceId;
  tx.state.incarnation = incarnation;
  tx.state.tips.clear();
  for (const row of allStreams(tx.db))
    if (row.closed_at === null) tx.state.tips.set(row.lane, { row, seq: 0, hash: row.tip_hash });
  tx.reload();
  return incarnation;
}

/**
 * Appends the operations of an old stream from `fromSeq` on to the open stream of its lane, in their order. An operation
 * that has a newer entry is passed over; a body that no longer fits its hash is damaged, and stays where it is.
 */
export function rewrapStream(
  tx: Transaction,
  stream: StreamRow,
  fromSeq: number,
): { rewrapped: number; damaged: number } {
  const move = tx.db.prepare('UPDATE edge_transactions SET id = ?, synced_at = NULL WHERE id = ?');
  const isCurrent = tx.db.prepare('SELECT 1 FROM edge_transactions WHERE id = ?').pluck();
  const done = { rewrapped: 0, damaged: 0 };
  const first = Math.max(fromSeq, stream.pruned_seq + 1);
  for (let seq = first; seq <= stream.tip_seq; seq += REWRAP_CHUNK) {
    const count = Math.min(REWRAP_CHUNK, stream.tip_seq - seq + 1);
    for (const entry of readEntries(tx.db, { streamNo: stream.stream_no, fromSeq: seq, count })) {
      if (isCurrent.get(entry.entry_id) === undefined) continue;
      const header: EntryHeader = JSON.parse(entry.header);
      const { op_id, kind, at, terminal_id, staff_id } = header;
      if (entry.body === null || bodyHash(entry.body) !== header.body_hash) {
        done.damaged += 1;
        continue;
      }
      const place = { op_id, kind, at, terminal_id, staff_id };
      const placed = tx.append(stream.lane, { ...place, bodyLine: entry.body });
      move.run(placed.entryId, entry.entry_id);
      done.rewrapped += 1;
    }
  }
  return done;
}
