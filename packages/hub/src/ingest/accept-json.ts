/**
 * The JSON batch for simple senders. It has no chain and no seal, so the hub makes both its entries and their chain, in
 * a stream of the device that no device can have: its incarnation is all zeros.
 */
import { AppError, LIMITS, type Ports } from '@holdfast/base';
import { HUB_INCARNATION, type JsonBatch } from '@holdfast/protocol';
import type { Pool, PoolClient } from 'pg';
import { isLockTimeout } from '../store/map-postgres-error.ts';
import { transact } from '../store/transact.ts';
import { toColumns } from './batch-columns.ts';
import type { Gate } from './gate.ts';
import { buildChain, type Operation, toOperation } from './json-entries.ts';
import type { Keeper } from './keep-segment.ts';
import { type IngestCall, runIngest, type StreamKey } from './run-ingest.ts';
import { type DeviceKey, type KnownSender, readSender } from './sender.ts';

type Parts = { pool: Pool; ports: Ports; macKey: Uint8Array; keeper: Keeper };

type Input = {
  device: DeviceKey;
  items: JsonBatch;
  receivedAtMs: number;
  gate: Gate;
  lockWaitMs: number;
};

/** Commits what is new among the elements. Throws AppError `overloaded`, `invalid_request` or `hub_unavailable`. */
export async function acceptJsonBatch(
  parts: Parts,
  input: Input,
): Promise<{ synced_ids: string[]; appended: number }> {
  if (input.items.length > LIMITS.batchEntriesMax) {
    throw new AppError('body_too_large', `A batch has at most ${LIMITS.batchEntriesMax} elements`);
  }
  const synced_ids = input.items.map((item) => item.transaction_id);
  const { device_id } = input.device;
  if (!input.gate.enter(device_id)) throw overloaded();
  try {
    const sender = await readSender(parts.pool, input.device);
    const operations = input.items.map((item) => toOperation(item, sender, parts.macKey));
    const appended = await transact(parts.pool, (client) =>
      appendNew(client, parts, { ...input, sender, operations }),
    );
    return { synced_ids, appended };
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
): Promise<number> {
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
  const operations = await withoutKnown(client, stream, input.operations);
  if (operations.length === 0) return 0;
  const chain = buildChain(operations, { sender, ...head });
  const { entries, hashes, lines } = chain;
  const call: IngestCall = {
    stream,
    boot: HUB_INCARNATION,
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
  const kept = parts.keeper.stage({
    ...stream,
    first_seq: call.firstSeq,
    count: entries.length,
    prev_hash: head.headHash.toString('hex'),
    lines,
  });
  try {
    await kept.keep(client, stream, row);
  } finally {
    await kept.discard();
  }
  return row.appended;
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
 * Leaves out what is there already: the operation itself, or this very reuse of its id, which waits in quarantine. The
 * stream is locked, so nothing is added in between.
 */
async function withoutKnown(
  client: PoolClient,
  stream: StreamKey,
  operations: Operation[],
): Promise<Operation[]> {
  const ids = operations.map((operation) => operation.opId);
  const { rows } = await client.query<{ op_id: string; body_hash: Buffer | null }>(
    `SELECT op_id, body_hash FROM op WHERE tenant_id = $1 AND op_id = ANY ($6::uuid[])
     UNION ALL
     SELECT quarantine.op_id, sha256(entry.body) FROM quarantine
     JOIN entry USING (tenant_id, location_id, device_id, incarnation, lane, seq)
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5
       AND quarantine.op_id = ANY ($6::uuid[])`,
    [...namesOf(stream), ids],
  );
  const known = new Set(rows.map((row) => `${row.op_id} ${row.body_hash?.toString('hex')}`));
  return operations.filter((operation) => {
    const name = `${operation.opId} ${operation.bodyHash}`;
    const isNew = !known.has(name);
    known.add(name);
    return isNew;
  });
}

function namesOf(stream: StreamKey): string[] {
  return [stream.tenant_id, stream.location_id, stream.device_id, stream.incarnation, stream.lane];
}

function overloaded(): AppError {
  return new AppError('overloaded', undefined, { headers: { 'retry-after': '1' } });
}
