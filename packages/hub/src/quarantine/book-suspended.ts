/**
 * A device that is active again: what it sent while it was suspended is booked, as it would have been. Whatever then
 * still cannot be booked goes on waiting, for the reason it would have had without the suspension.
 */
import type { DeviceState } from '@holdfast/protocol';
import type { Pool, PoolClient } from 'pg';
import { judge } from '../ingest/judge.ts';
import { transact } from '../store/transact.ts';
import { type Bookable, bookWaiting } from './book-waiting.ts';
import { lockOldest, type WaitingEntry } from './waiting.ts';

/** Entries of one transaction: their bodies are in memory together, and their operations locked. */
const CHUNK_ENTRIES = 100;

type Input = { tenantId: string; deviceId: string; nowMs: number };

/**
 * Books what waits for `device_suspended` of a device that is active, oldest first; of any other device nothing. Returns
 * how many were booked. What was booked stays so when it throws: call it again.
 */
export async function bookSuspended(pool: Pool, input: Input): Promise<number> {
  for (let booked = 0; ; ) {
    const done = await transact(pool, (client) => bookChunk(client, input));
    booked += done.booked;
    if (done.looked < CHUNK_ENTRIES) return booked;
  }
}

async function bookChunk(client: PoolClient, input: Input): Promise<{ looked: number; booked: number }> {
  const { tenantId, deviceId, nowMs } = input;
  // Shared: a new suspension waits for the end of this piece, and the next one sees it.
  const { rows } = await client.query<{ location_id: string; state: DeviceState }>(
    'SELECT location_id, state FROM device WHERE tenant_id = $1 AND device_id = $2 FOR SHARE',
    [tenantId, deviceId],
  );
  const [device] = rows;
  if (device?.state !== 'active') return { looked: 0, booked: 0 };
  const { looked, waiting } = await lockOldest(client, {
    tenantId,
    locationId: device.location_id,
    deviceId,
    reason: 'device_suspended',
    limit: CHUNK_ENTRIES,
  });
  const bookables: Bookable[] = [];
  for (const each of waiting) {
    const judgement = judge(each.entry, { state: device.state, store_id: each.store_id });
    if (judgement.kind === 'book') bookables.push({ waiting: each, booking: judgement.booking });
    else await setReason(client, tenantId, { waiting: each, reason: judgement.reason });
  }
  await bookWaiting(client, { tenantId, bookables, nowMs, note: null });
  return { looked, booked: bookables.length };
}

async function setReason(
  client: PoolClient,
  tenantId: string,
  { waiting, reason }: { waiting: WaitingEntry; reason: string },
): Promise<void> {
  const { location_id, place } = waiting;
  await client.query(
    `UPDATE quarantine SET reason = $7
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5 AND seq = $6`,
    [tenantId, location_id, place.device_id, place.incarnation, place.lane, place.seq, reason],
  );
}
