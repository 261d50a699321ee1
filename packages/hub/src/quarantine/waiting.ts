/**
 * Entries in quarantine, locked to be decided. The operation is locked before its entry, by everybody and as ingest does
 * it when the operation comes again; who holds the operation decides, and the others see what became of it.
 */
import { EntryHeader, type QuarantinePlace, type QuarantineResolution } from '@holdfast/protocol';
import type { PoolClient } from 'pg';
import type { JudgedEntry } from '../ingest/judge.ts';

/** A locked entry; `store_id` is that of its device. */
export type WaitingEntry = {
  place: QuarantinePlace;
  location_id: string;
  store_id: string;
  op_id: string;
  reason: string;
  received_at: Date;
  /** Null while it waits. */
  resolution: QuarantineResolution | null;
  entry: JudgedEntry;
};

type Row = Omit<WaitingEntry, 'place' | 'entry'> &
  Omit<QuarantinePlace, 'seq'> & { seq: bigint; header: Buffer; body: Buffer | null };

const COLUMNS = `
  SELECT q.location_id, location.store_id, q.device_id, q.incarnation, q.lane, q.seq, q.op_id, q.reason, q.received_at,
         q.resolution, entry.header, entry.body
  FROM quarantine AS q
  JOIN entry USING (tenant_id, location_id, device_id, incarnation, lane, seq)
  JOIN location USING (tenant_id, location_id)`;

/** The entry at a place, locked, whether it still waits or not; undefined when none ever waited there. */
export async function lockEntryAt(
  client: PoolClient,
  { tenantId, place }: { tenantId: string; place: QuarantinePlace },
): Promise<WaitingEntry | undefined> {
  const values = [tenantId, place.device_id, place.incarnation, place.lane, place.seq];
  const isThere = `q.tenant_id = $1 AND q.device_id = $2 AND q.incarnation = $3 AND q.lane = $4 AND q.seq = $5
    AND q.location_id = (SELECT location_id FROM device WHERE tenant_id = $1 AND device_id = $2)`;
  const named = await client.query<{ op_id: string }>(
    `SELECT op_id FROM quarantine AS q WHERE ${isThere}`,
    values,
  );
  await lockOperations(client, { tenantId, opIds: named.rows.map((row) => row.op_id) });
  const { rows } = await client.query<Row>(`${COLUMNS} WHERE ${isThere} FOR UPDATE OF q`, values);
  return rows.map(toWaiting)[0];
}

/**
 * Locks the oldest entries of a device that wait for `reason`, `limit` at most, in their order. `looked` is how many
 * there were to lock: some may have been decided meanwhile.
 */
export async function lockOldest(
  client: PoolClient,
  input: { tenantId: string; locationId: string; deviceId: string; reason: string; limit: number },
): Promise<{ looked: number; waiting: WaitingEntry[] }> {
  const values = [input.tenantId, input.locationId, input.deviceId, input.reason];
  const waits = `q.tenant_id = $1 AND q.location_id = $2 AND q.device_id = $3 AND q.reason = $4
    AND q.resolved_at IS NULL`;
  const order = 'ORDER BY q.received_at, q.incarnation, q.lane, q.seq';
  const named = await client.query<{ op_id: string }>(
    `SELECT q.op_id FROM quarantine AS q WHERE ${waits} ${order} LIMIT $5`,
    [...values, input.limit],
  );
  const opIds = named.rows.map((row) => row.op_id);
  await lockOperations(client, { tenantId: input.tenantId, opIds });
  const { rows } = await client.query<Row>(
    `${COLUMNS} WHERE ${waits} AND q.op_id = ANY ($5::uuid[]) ${order} FOR UPDATE OF q`,
    [...values, opIds],
  );
  return { looked: opIds.length, waiting: rows.map(toWaiting) };
}

async function lockOperations(
  client: PoolClient,
  { tenantId, opIds }: { tenantId: string; opIds: string[] },
): Promise<void> {
  await client.query(
    'SELECT FROM op WHERE tenant_id = $1 AND op_id = ANY ($2::uuid[]) ORDER BY op_id FOR UPDATE',
    [tenantId, opIds],
  );
}

function toWaiting({ header, body, device_id, incarnation, lane, seq, ...row }: Row): WaitingEntry {
  return {
    ...row,
    place: { device_id, incarnation, lane, seq: Number(seq) },
    // An erased body reads like one that says nothing.
    entry: {
      header: EntryHeader.parse(JSON.parse(header.toString('utf8'))),
      bodyLine: body ?? Buffer.alloc(0),
    },
  };
}
