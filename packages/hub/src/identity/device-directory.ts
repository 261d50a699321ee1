/**
 * Which device a key belongs to, kept in memory for a second: a poll costs no query, and a revocation through another
 * hub process is felt a second later. A change through this process is felt at once.
 */
import type { Clock } from '@holdfast/base';
import type { DeviceState } from '@holdfast/protocol';
import type { Pool } from 'pg';

/** A device with the key it signed with. */
export type KnownDevice = {
  tenant_id: string;
  location_id: string;
  device_id: string;
  state: DeviceState;
  key_id: string;
  public_key: Buffer;
};

/** Looks devices up by key. */
export type DeviceDirectory = {
  /** The device whose accepted key this is; undefined for a key nobody has, or has no more. */
  find(keyId: string): Promise<KnownDevice | undefined>;
  /** Forgets what it keeps. Call it when a change of a device has been committed. */
  forget(): void;
};

const KEPT_MS = 1_000;
/** Above this many the oldest are dropped. */
const KEPT_MAX = 16_384;

type Kept = { device: KnownDevice; untilMs: number };

/** A directory over the database. */
export function createDeviceDirectory({ pool, clock }: { pool: Pool; clock: Clock }): DeviceDirectory {
  const kept = new Map<string, Kept>();
  let changes = 0;
  return {
    async find(keyId) {
      const known = kept.get(keyId);
      if (known !== undefined && clock.monotonicMs() < known.untilMs) return known.device;
      kept.delete(keyId);
      const changesBefore = changes;
      const device = await readDevice(pool, keyId);
      // What was read while something changed may be the state before it.
      if (device !== undefined && changes === changesBefore) {
        kept.set(keyId, { device, untilMs: clock.monotonicMs() + KEPT_MS });
        if (kept.size > KEPT_MAX) dropOldest(kept);
      }
      return device;
    },
    forget() {
      changes += 1;
      kept.clear();
    },
  };
}

async function readDevice(pool: Pool, keyId: string): Promise<KnownDevice | undefined> {
  const { rows } = await pool.query<KnownDevice>(
    `SELECT device.tenant_id, device.location_id, device.device_id, device.state, device_key.key_id,
            device_key.public_key
     FROM device_key JOIN device USING (tenant_id, device_id)
     WHERE device_key.key_id = $1 AND device_key.retired_at IS NULL`,
    [keyId],
  );
  return rows[0];
}

function dropOldest(kept: Map<string, Kept>): void {
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}
