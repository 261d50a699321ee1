/** Takes one verified segment in, as ingest takes a batch in: in one transaction of its caller. */
import { must } from '@holdfast/base';
import { fromBase64Url } from '@holdfast/crypto';
import type { PoolClient } from 'pg';
import type { SegmentHead, VerifiedSegment } from '../archive/read-segment.ts';
import { appendBatch } from '../ingest/append-batch.ts';
import type { IngestCall, StreamKey } from '../ingest/run-ingest.ts';
import type { Sealer } from './sealers.ts';

/** Hardly ever does anybody else work on the stream: a second hub on the database, or a session that is about to end. */
const LOCK_WAIT_MS = 10_000;

export type AppendedSegment =
  | { kind: 'appended'; appended: number; quarantined: number }
  | { kind: 'gap'; acked_seq: number }
  | { kind: 'damaged'; reason: string };

/**
 * Appends what the stream does not hold yet, judged in the state its device had then. `damaged`: what the segment says
 * is not what the database holds.
 */
export async function appendSegment(
  client: PoolClient,
  { segment, sealer }: { segment: VerifiedSegment; sealer: Sealer },
): Promise<AppendedSegment> {
  const { head, entries, hashes } = segment;
  if (head.tenant_id !== sealer.tenant_id || head.location_id !== sealer.location_id)
    return { kind: 'damaged', reason: 'its device stands in another store' };
  const known = await hashAt(client, head);
  if (known !== undefined) {
    return known.toString('hex') === head.head_hash
      ? { kind: 'appended', appended: 0, quarantined: 0 }
      : { kind: 'damaged', reason: 'the database holds other entries at its place' };
  }
  const sender = { state: head.device_state, store_id: sealer.store_id };
  const row = await appendBatch(client, { entries, hashes, call: toCall(segment), sender });
  if (row.answer === 'gap') return { kind: 'gap', acked_seq: Number(row.acked_seq) };
  if (row.answer !== 'acked')
    return { kind: 'damaged', reason: 'the database holds other entries at its place' };
  if (segment.erased.length > 0) await erase(client, { stream: streamKeyOf(head), seqs: segment.erased });
  return { kind: 'appended', appended: row.appended, quarantined: row.quarantined?.length ?? 0 };
}

/** The hash of the entry that is the segment's last, if the database has it. */
async function hashAt(client: PoolClient, head: SegmentHead): Promise<Buffer | undefined> {
  const { rows } = await client.query<{ hash: Buffer }>(
    `SELECT hash FROM entry
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5 AND seq = $6`,
    [...namesOf(streamKeyOf(head)), head.first_seq + head.count - 1],
  );
  return rows[0]?.hash;
}

/** Without a boot no lease is asked for, and without an ack and a report nothing is said of the device. */
function toCall({ head, seal }: VerifiedSegment): IngestCall {
  return {
    stream: streamKeyOf(head),
    boot: null,
    receivedAt: new Date(head.received_at),
    lockWaitMs: LOCK_WAIT_MS,
    firstSeq: head.first_seq,
    prevHash: Buffer.from(head.prev_hash, 'hex'),
    presented: null,
    freshGeneration: '',
    report: null,
    seal: seal && {
      statement: seal.statement,
      signature: must(fromBase64Url(seal.signature), 'the seal has been verified'),
    },
  };
}

/** A body that was forgotten before the segment was written stays so. */
async function erase(
  client: PoolClient,
  { stream, seqs }: { stream: StreamKey; seqs: number[] },
): Promise<void> {
  await client.query(
    `UPDATE entry SET body = NULL
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5
       AND seq = ANY ($6::bigint[])`,
    [...namesOf(stream), seqs],
  );
}

function streamKeyOf({ tenant_id, location_id, device_id, incarnation, lane }: SegmentHead): StreamKey {
  return { tenant_id, location_id, device_id, incarnation, lane };
}

function namesOf(stream: StreamKey): string[] {
  return [stream.tenant_id, stream.location_id, stream.device_id, stream.incarnation, stream.lane];
}
