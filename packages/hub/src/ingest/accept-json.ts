/**
 * The JSON batch for simple senders. It has no chain and no seal, so the hub makes both its entries and their chain, in
 * a stream of the device that no device can have: its incarnation is all zeros.
 */
import { AppError, type Ports } from '@holdfast/base';
import { HUB_INCARNATION } from '@holdfast/protocol';
import type { Pool, PoolClient } from 'pg';
import { signSegment } from '../archive/segment-mac.ts';
import { isLockTimeout } from '../store/map-postgres-error.ts';
import { transact } from '../store/transact.ts';
import { toColumns } from './batch-columns.ts';
import { bookIfActiveAgain } from './book-if-active-again.ts';
import type { Gate } from './gate.ts';
import { buildChain, type Operation, toJudged, toOperation } from './json-entries.ts';
import { judge } from './judge.ts';
import type { Keeper } from './keep-segment.ts';
import { readJsonBatch } from './read-json-batch.ts';
import { type IngestCall, type IngestRow, runIngest, type StreamKey } from './run-ingest.ts';
import { type DeviceKey, type KnownSender, readSender } from './sender.ts';

type Parts = { pool: Pool; ports: Ports; macKey: Uint8Array; keeper: Keeper };

type Input = {
  device: DeviceKey;
  contentEncoding: string | undefined;
  raw: Uint8Array;
  receivedAtMs: number;
  gate: Gate;
  lockWaitMs: number;
};

/**
 * Commits what is new among the elements. Throws AppError `overloaded`, what is wrong with the body, or
 * `hub_unavailable`. The body is read inside the gate, for reading it is work as well.
 */
export async function acceptJsonBatch(
  parts: Parts,
  input: Input,
): Promise<{ synced_ids: string[]; appended: number }> {
  const { device_id } = input.device;
  if (!input.gate.enter(device_id)) throw overloaded();
  try {
    const items = await readJsonBatch(input);
    const sender = await readSender(parts.pool, input.device);
    const operations = items.map((item) => toOperation(item, sender, parts.macKey));
    const row = await transact(parts.pool, (client) =>
      appendNew(client, parts, { ...input, sender, operations }),
    );
    await bookIfActiveAgain(parts.pool, { sender, row, nowMs: input.receivedAtMs });
    return { synced_ids: items.map((item) => item.transaction_id), appended: row.appended };
  } catch (error) {
    if (error instanceof Error && isLockTimeout(error.cause)) throw overloaded();
    throw error;
  } finally {
    input.gate.leave(device_id);
  }
}

async function appendNew(
  client: PoolClient,
  parts: Parts,
  input: Input & { sender: KnownSender; operations: Operation[] },
): Promise<Pick<IngestRow, 'appended' | 'quarantined'>> {
  const { sender, lockWaitMs } = input;
  const stream: StreamKey = {
    tenant_id: sender.tenant_id,
    location_id: sender.location_id,
    device_id: sender.device_id,
    incarnation: HUB_INCARNATION,
    lane: 'transactions',
  };
  const receivedAt = new Date(input.receivedAtMs);
  const head = await lockHead(client, { stream, receivedAt, lockWaitMs });
  const operations = await withoutKnown(client, stream, input);
  if (operations.length === 0) return { appended: 0, quarantined: [] };
  const chain = buildChain(operations, { sender, ...head });
  const { entries, hashes, lines } = chain;
  const call: IngestCall = {
    stream,
    boot: null,
    receivedAt,
    lockWaitMs,
    firstSeq: head.ackedSeq + 1,
    prevHash: head.headHash,
    presented: null,
    freshGeneration: HUB_INCARNATION,
    report: { tipSeq: head.ackedSeq + entries.length, tipHash: chain.tipHash, oldestUnackedAtMs: null },
    seal: null,
  };
  const row = await runIngest(client, call, toColumns(entries, hashes, sender));
  if (row.answer !== 'acked') {
    throw new AppError('internal', undefined, { cause: new Error(`the hub's own stream: ${row.answer}`) });
  }
  const kept = parts.keeper.stage(
    signSegment(parts.macKey, {
      ...stream,
      first_seq: call.firstSeq,
      count: entries.length,
      prev_hash: head.headHash.toString('hex'),
      head_hash: chain.tipHash.toString('hex'),
      received_at: receivedAt.toISOString(),
      device_state: sender.state,
      lines,
    }),
  );
  try {
    await kept.keep(client, stream, row);
  } finally {
    await kept.discard();
  }
  return row;
}

async function lockHead(
  client: PoolClient,
  { stream, receivedAt, lockWaitMs }: { stream: StreamKey; receivedAt: Date; lockWaitMs: number },
): Promise<{ ackedSeq: number; headHash: Buffer }> {
  const { rows } = await client.query<{ acked_seq: bigint; head_hash: Buffer }>(
    'SELECT acked_seq, head_hash FROM lock_stream($1, $2, $3, $4, $5, $6, $7)',
    [...namesOf(stream), receivedAt, `${lockWaitMs}ms`],
  );
  const [row] = rows;
  if (row === undefined) throw new AppError('internal', 'a locked stream has a row');
  return { ackedSeq: Number(row.acked_seq), headHash: row.head_hash };
}

/**
 * Leaves out what is there already: the operation itself, or this very reuse of its id, which waits in quarantine. One
 * that waits and may be booked now goes on, for ingest books it. The stream is locked, so nothing is added in between.
 */
async function withoutKnown(
  client: PoolClient,
  stream: StreamKey,
  { operations, sender }: { operations: Operation[]; sender: KnownSender },
): Promise<Operation[]> {
  const ids = operations.map((operation) => operation.opId);
  const { rows } = await client.query<{ op_id: string; body_hash: Buffer | null; waits: boolean }>(
    `SELECT op.op_id, op.body_hash, quarantine.seq IS NOT NULL AND resolved_at IS NULL AS waits
     FROM op LEFT JOIN quarantine USING (tenant_id, location_id, device_id, incarnation, lane, seq)
     WHERE tenant_id = $1 AND op.op_id = ANY ($6::uuid[])
     UNION ALL
     SELECT quarantine.op_id, sha256(entry.body), false FROM quarantine
     JOIN entry USING (tenant_id, location_id, device_id, incarnation, lane, seq)
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5
       AND quarantine.op_id = ANY ($6::uuid[]) AND reason = 'op_id_reused'`,
    [...namesOf(stream), ids],
  );
  const known = new Map(rows.map((row) => [`${row.op_id} ${row.body_hash?.toString('hex')}`, row.waits]));
  return operations.filter((operation) => {
    const name = `${operation.opId} ${operation.bodyHash}`;
    const waits = known.get(name);
    known.set(name, false);
    return waits === undefined || (waits && judge(toJudged(operation), sender).kind === 'book');
  });
}

function namesOf(stream: StreamKey): string[] {
  return [stream.tenant_id, stream.location_id, stream.device_id, stream.incarnation, stream.lane];
}

function overloaded(): AppError {
  return new AppError('overloaded', undefined, { headers: { 'retry-after': '1' } });
}
