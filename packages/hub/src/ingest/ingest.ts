/**
 * Ingest: takes batches in. What it answers with `acked` is committed, with synchronous_commit, before the answer is
 * made; what the ack calls safe is in the archive as well. An entry is never refused for what it says.
 */
import { LIMITS, must, type Ports, randomId } from '@holdfast/base';
import { fromBase64Url, type Verifier } from '@holdfast/crypto';
import type { Batch } from '@holdfast/journal';
import { BATCH_ANSWER_STATUS, type BatchAnswer, type Lane } from '@holdfast/protocol';
import type { Logger, Metrics } from '@holdfast/runtime';
import type { Pool } from 'pg';
import type { SegmentArchive } from '../archive/archive.ts';
import { signSegment } from '../archive/segment-mac.ts';
import { isLockTimeout, mapPostgresError } from '../store/map-postgres-error.ts';
import { transact } from '../store/transact.ts';
import { acceptJsonBatch } from './accept-json.ts';
import { isOurAck, signAck } from './ack.ts';
import { appendBatch } from './append-batch.ts';
import { bookIfActiveAgain } from './book-if-active-again.ts';
import { createGate, type Gate } from './gate.ts';
import { createKeeper, type Keeper } from './keep-segment.ts';
import { decode, readBatch } from './read-batch.ts';
import type { IngestCall, IngestRow } from './run-ingest.ts';
import { type DeviceKey, type KnownSender, readSender } from './sender.ts';

/** Batches at work in this process; each takes a connection. */
const AT_WORK_MAX = 16;
/** How long a batch waits for another one of its stream. */
const LOCK_WAIT_MS = 1_000;
const RETRY_AFTER_MS = 1_000;

export type IngestContext = {
  pool: Pool;
  ports: Ports;
  logger: Logger;
  metrics: Metrics;
  /** Key of the MACs in acks; not in the database. */
  macKey: Uint8Array;
  archive: SegmentArchive;
  verifier: Verifier;
};

/** A batch of an authenticated device as it came. */
export type RawBatch = {
  device: DeviceKey;
  contentEncoding: string | undefined;
  raw: Uint8Array;
  receivedAtMs: number;
};

export type Ingest = {
  /**
   * Takes an NDJSON batch of an authenticated device and answers it. Safe to repeat: what is held already is compared,
   * not booked again. Throws AppError `invalid_request`, `body_too_large`, `unsupported_media_type`,
   * `protocol_version` or `hub_unavailable`.
   */
  accept(input: RawBatch): Promise<{ answer: BatchAnswer; status: number }>;
  /**
   * Takes a JSON batch; all of it is committed when this resolves. Throws AppError `overloaded`, `hub_unavailable`, or
   * what is wrong with the body.
   */
  acceptJson(input: RawBatch): Promise<{ synced_ids: string[] }>;
};

type Outcome = { answer: BatchAnswer; appended: number };

/** What accepting a batch takes, made once. */
type Parts = IngestContext & { keeper: Keeper };

/** An ingest over a pool and an archive. */
export function createIngest(context: IngestContext): Ingest {
  const parts: Parts = { ...context, keeper: createKeeper(context) };
  const gate = createGate(AT_WORK_MAX);
  const answers = context.metrics.counter('holdfast_hub_batches_total', 'Batches by answer.', ['answer']);
  const entries = context.metrics.counter('holdfast_hub_entries_total', 'Entries committed.');
  return {
    async accept(input) {
      const { answer, appended } = await throughGate(gate, input.device.device_id, () =>
        acceptBatch(parts, input),
      );
      answers.inc({ answer: answer.answer });
      entries.inc({}, appended);
      return { answer, status: BATCH_ANSWER_STATUS[answer.answer] };
    },
    async acceptJson(input) {
      const result = await acceptJsonBatch(parts, { ...input, gate, lockWaitMs: LOCK_WAIT_MS }).catch(
        throwMapped,
      );
      entries.inc({}, result.appended);
      return { synced_ids: result.synced_ids };
    },
  };
}

/** Runs one batch where there is room for it; `busy` otherwise, or when its stream stays locked. */
async function throughGate(gate: Gate, deviceId: string, work: () => Promise<Outcome>): Promise<Outcome> {
  if (!gate.enter(deviceId)) return { answer: busy(), appended: 0 };
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && isLockTimeout(error.cause)) return { answer: busy(), appended: 0 };
    return throwMapped(error);
  } finally {
    gate.leave(deviceId);
  }
}

async function acceptBatch(parts: Parts, input: RawBatch): Promise<Outcome> {
  const bytes = await decode(input.raw, input.contentEncoding, LIMITS.batchRequestBytesMax);
  const sender = await readSender(parts.pool, input.device);
  const read = readBatch({
    bytes,
    deviceId: sender.device_id,
    publicKeyOf: (keyId) => sender.keys.get(keyId),
    verifier: parts.verifier,
  });
  if (read.kind === 'invalid') {
    const { at_seq, reason } = read;
    parts.logger.warn({ device_id: sender.device_id, at_seq, reason }, 'a batch does not verify');
    return { answer: { answer: 'invalid', at_seq, reason }, appended: 0 };
  }
  const { batch, hashes } = read;
  const call = toCall(parts, { batch, sender, receivedAtMs: input.receivedAtMs });
  const kept = parts.keeper.stage(
    signSegment(parts.macKey, {
      ...call.stream,
      first_seq: batch.head.first_seq,
      count: batch.head.count,
      prev_hash: batch.head.prev_hash,
      head_hash: must(hashes.at(-1), 'a batch has entries').toString('hex'),
      received_at: call.receivedAt.toISOString(),
      device_state: sender.state,
      lines: bytes.subarray(bytes.indexOf(10) + 1),
    }),
  );
  try {
    const row = await transact(parts.pool, async (client) => {
      const result = await appendBatch(client, { entries: batch.entries, hashes, call, sender });
      return { ...result, safe_seq: await kept.keep(client, call.stream, result) };
    });
    await bookIfActiveAgain(parts.pool, { sender, row, nowMs: input.receivedAtMs });
    return { answer: toAnswer(parts.macKey, { row, call, batch }), appended: row.appended };
  } finally {
    await kept.discard();
  }
}

function toCall(
  { ports, macKey }: Parts,
  { batch, sender, receivedAtMs }: { batch: Batch; sender: KnownSender; receivedAtMs: number },
): IngestCall {
  const { head } = batch;
  const { incarnation, lane } = head.stream;
  const ack = head.last_ack;
  const signature = fromBase64Url(batch.seal.signature) ?? Buffer.alloc(0);
  return {
    stream: {
      tenant_id: sender.tenant_id,
      location_id: sender.location_id,
      device_id: sender.device_id,
      incarnation,
      lane,
    },
    boot: { id: head.boot, no: head.boot_no },
    receivedAt: new Date(receivedAtMs),
    lockWaitMs: LOCK_WAIT_MS,
    firstSeq: head.first_seq,
    prevHash: Buffer.from(head.prev_hash, 'hex'),
    presented: ack && {
      generation: ack.generation,
      ackedSeq: ack.acked_seq,
      headHash: Buffer.from(ack.head_hash, 'hex'),
      isOurs:
        ack.device_id === sender.device_id &&
        ack.incarnation === incarnation &&
        ack.lane === lane &&
        isOurAck(macKey, ack),
    },
    freshGeneration: randomId(ports.random),
    report: {
      tipSeq: head.stream.tip_seq,
      tipHash: Buffer.from(head.stream.tip_hash, 'hex'),
      oldestUnackedAtMs: millisecondsOf(head.stream.oldest_unacked_at),
    },
    seal: { statement: batch.seal.statement, signature },
  };
}

function toAnswer(
  macKey: Uint8Array,
  { row, call, batch }: { row: IngestRow; call: IngestCall; batch: Batch },
): BatchAnswer {
  const ackedSeq = Number(row.acked_seq);
  const headHash = row.head_hash.toString('hex');
  switch (row.answer) {
    case 'acked': {
      const ack = signAck(macKey, {
        generation: row.generation,
        device_id: call.stream.device_id,
        incarnation: call.stream.incarnation,
        lane: batch.head.stream.lane satisfies Lane,
        acked_seq: ackedSeq,
        head_hash: headHash,
        safe_seq: Number(row.safe_seq),
      });
      return { answer: 'acked', ack, quarantined: row.quarantined ?? [] };
    }
    case 'gap':
      return { answer: 'gap', expected: ackedSeq + 1 };
    case 'fork':
      return {
        answer: 'fork',
        at_seq: Number(row.at_seq),
        hub_hash: row.at_hash?.toString('hex') ?? headHash,
      };
    case 'clone':
      return { answer: 'clone' };
    case 'hub_changed':
      return { answer: 'hub_changed', generation: row.generation, acked_seq: ackedSeq, head_hash: headHash };
  }
}

function busy(): BatchAnswer {
  return { answer: 'busy', retry_after_ms: RETRY_AFTER_MS, max_batch: LIMITS.batchEntriesFirst, pause: [] };
}

/** A time that is none (the wire allows a 31st of February) is told as not known. */
function millisecondsOf(instant: string | null): number | null {
  const ms = instant === null ? Number.NaN : Date.parse(instant);
  return Number.isNaN(ms) ? null : ms;
}

function throwMapped(error: unknown): never {
  throw mapPostgresError(error);
}
