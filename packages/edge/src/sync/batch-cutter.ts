/** Cuts the next batch of a stream from the store: what is fsynced, in order, as large as the lane may send. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LIMITS, must, toHex } from '@holdfast/base';
import type { SigningKey } from '@holdfast/crypto';
import { buildBatch, buildSeal, GENESIS } from '@holdfast/journal';
import { type BatchHead, PROTOCOL_VERSION, type StreamReport } from '@holdfast/protocol';
import { type EntryRow, iterateEntries, readEntry, readHash, readSeal } from '../store/entries.ts';
import { readMeta } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { entryIdOf, placeOf, type StreamRow } from '../store/streams.ts';

const gzipAside = promisify(gzip);

/** Compresses the bytes of a batch, as gzip. */
export type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Quickly, and beside this thread: sales go on meanwhile. */
export const compress: Compress = (bytes) => gzipAside(bytes, { level: 1 });

export type CutBatch = {
  stream: StreamRow;
  firstSeq: number;
  lastSeq: number;
  lastHash: Buffer;
  body: Uint8Array;
  gzip: boolean;
};

export type Size = { entries: number; bytes: number };

/** How a stream stands, as batches and heartbeats tell it. */
export function reportOf(db: Db, stream: StreamRow): StreamReport {
  const oldest =
    stream.acked_seq < stream.tip_seq
      ? readEntry(db, entryIdOf(stream.stream_no, stream.acked_seq + 1))
      : undefined;
  const header: { at: string } | undefined = oldest && JSON.parse(oldest.header);
  return {
    incarnation: stream.incarnation,
    lane: stream.lane,
    tip_seq: stream.tip_seq,
    tip_hash: toHex(stream.tip_hash),
    acked_seq: stream.acked_seq,
    oldest_unacked_at: header?.at ?? null,
  };
}

/** A closed stream ends with what the hub has acked: what came after it has moved to a later stream. */
export function reportOfClosed(stream: StreamRow): StreamReport {
  return {
    incarnation: stream.incarnation,
    lane: stream.lane,
    tip_seq: stream.acked_seq,
    tip_hash: toHex(stream.acked_hash),
    acked_seq: stream.acked_seq,
    oldest_unacked_at: null,
  };
}

/**
 * The batch from `firstSeq` on, at most `size` (but one entry at least); undefined when there is nothing to send, or when
 * its first entry was pruned meanwhile.
 */
export async function cutBatch(
  db: Db,
  from: {
    stream: StreamRow;
    firstSeq: number;
    size: Size;
    boot: string;
    key: SigningKey;
    compress: Compress;
  },
): Promise<CutBatch | undefined> {
  const { stream, firstSeq, size } = from;
  const count = Math.min(size.entries, LIMITS.batchEntriesMax, stream.tip_seq - firstSeq + 1);
  if (count < 1) return undefined;
  const rows = readWithin(db, { streamNo: stream.stream_no, fromSeq: firstSeq, count }, size.bytes);
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last || placeOf(first.entry_id).seq !== firstSeq) return undefined;
  const { seq: lastSeq } = placeOf(last.entry_id);
  const prevHash =
    firstSeq === 1
      ? GENESIS
      : must(readHash(db, { streamNo: stream.stream_no, seq: firstSeq - 1 }), 'the chain is whole');
  const head: BatchHead = {
    protocol: PROTOCOL_VERSION,
    boot: from.boot,
    boot_no: Number(must(readMeta(db, 'starts'), 'a start is counted')),
    first_seq: firstSeq,
    count: rows.length,
    prev_hash: toHex(prevHash),
    stream: reportOf(db, stream),
    last_ack: stream.last_ack === null ? null : JSON.parse(stream.last_ack),
  };
  const seal =
    readSeal(db, last.entry_id) ??
    buildSeal({
      deviceId: stream.device_id,
      heads: [{ incarnation: stream.incarnation, lane: stream.lane, seq: lastSeq, hash: toHex(last.hash) }],
      key: from.key,
    });
  const entries = rows.map((row) => ({
    headerLine: row.header,
    bodyLine: must(row.body, 'what is not acked has its body'),
  }));
  const plain = buildBatch({ head, entries, seal });
  const worthIt = plain.length > LIMITS.compressAboveBytes;
  const body = worthIt ? await from.compress(plain) : plain;
  return { stream, firstSeq, lastSeq, lastHash: last.hash, body, gzip: worthIt };
}

/** Reads one entry at a time and stops at the limit: what does not fit is not read. */
function readWithin(
  db: Db,
  at: { streamNo: number; fromSeq: number; count: number },
  bytesMax: number,
): EntryRow[] {
  const rows: EntryRow[] = [];
  let bytes = 0;
  for (const row of iterateEntries(db, at)) {
    bytes += Buffer.byteLength(row.header) + Buffer.byteLength(row.body ?? '') + 2;
    if (bytes > bytesMax && rows.length > 0) break;
    rows.push(row);
  }
  return rows;
}
