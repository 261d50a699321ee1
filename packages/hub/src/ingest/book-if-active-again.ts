/**
 * The state of a sender is read before its batch is taken in. A device that becomes active in between would leave behind
 * what nobody books: its activation has looked before the batch was committed. So whoever commits such entries looks
 * once more afterwards.
 */
import type { Pool } from 'pg';
import { bookSuspended } from '../quarantine/book-suspended.ts';
import type { IngestRow } from './run-ingest.ts';
import type { DeviceKey } from './sender.ts';

/** Books what waits for `device_suspended` if the sender is active by now. Call it after the commit. */
export async function bookIfActiveAgain(
  pool: Pool,
  { sender, row, nowMs }: { sender: DeviceKey; row: Pick<IngestRow, 'quarantined'>; nowMs: number },
): Promise<void> {
  if (!row.quarantined?.some(({ reason }) => reason === 'device_suspended')) return;
  await bookSuspended(pool, { tenantId: sender.tenant_id, deviceId: sender.device_id, nowMs });
}
