/** Whose seals a replay accepts: every device, with every key it ever had; its seals were accepted then. */
import type { Pool } from 'pg';

/** A device as the judgement and the verification of its segments see it. */
export type Sealer = {
  tenant_id: string;
  location_id: string;
  device_id: string;
  store_id: string;
  keys: ReadonlyMap<string, Uint8Array>;
};

type Row = Omit<Sealer, 'keys'> & { key_id: string; public_key: Buffer };

/** Every device of the hub, by its id. */
export async function readSealers(pool: Pool): Promise<ReadonlyMap<string, Sealer>> {
  const { rows } = await pool.query<Row>(
    `SELECT device.tenant_id, device.location_id, device.device_id, store_id, key_id, public_key
     FROM device JOIN location USING (tenant_id, location_id) JOIN device_key USING (tenant_id, device_id)`,
  );
  const sealers = new Map<string, Sealer & { keys: Map<string, Uint8Array> }>();
  for (const { key_id, public_key, ...device } of rows) {
    const known = sealers.get(device.device_id) ?? { ...device, keys: new Map() };
    known.keys.set(key_id, public_key);
    sealers.set(device.device_id, known);
  }
  return sealers;
}
