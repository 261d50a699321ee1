/** What the database knows about the device that sends: its state, its store, the keys its seals may be made with. */
import { AppError } from '@holdfast/base';
import type { DeviceState } from '@holdfast/protocol';
import type { Pool } from 'pg';

/** Names a device. */
export type DeviceKey = { tenant_id: string; location_id: string; device_id: string };

/** The sender of a batch. Only keys that are not retired are in `keys`. */
export type KnownSender = DeviceKey & {
  state: DeviceState;
  store_id: string;
  keys: ReadonlyMap<string, Uint8Array>;
};

type Row = { state: DeviceState; store_id: string; key_id: string | null; public_key: Buffer | null };

const SENDER = {
  name: 'sender',
  text: `
    SELECT device.state, location.store_id, device_key.key_id, device_key.public_key
    FROM device
    JOIN location USING (tenant_id, location_id)
    LEFT JOIN device_key ON device_key.tenant_id = device.tenant_id AND device_key.device_id = device.device_id
      AND device_key.retired_at IS NULL
    WHERE device.tenant_id = $1 AND device.location_id = $2 AND device.device_id = $3`,
};

/** Reads the sender. Throws AppError `not_found` for a device that is not enrolled. */
export async function readSender(pool: Pool, device: DeviceKey): Promise<KnownSender> {
  const { tenant_id, location_id, device_id } = device;
  const { rows } = await pool.query<Row>({ ...SENDER, values: [tenant_id, location_id, device_id] });
  const [first] = rows;
  if (first === undefined) throw new AppError('not_found', `There is no device ${device_id}.`);
  const keys = new Map<string, Uint8Array>();
  for (const { key_id, public_key } of rows) {
    if (key_id !== null && public_key !== null) keys.set(key_id, public_key);
  }
  return { tenant_id, location_id, device_id, state: first.state, store_id: first.store_id, keys };
}
