/** Who the streams of a hub belong to, and the public keys that everything hangs on. */
import type { ExportRecord } from '@holdfast/verify';
import type { PoolClient } from 'pg';

/** Tenants, then stores, then devices with their keys. */
export async function* identityRecords(client: PoolClient): AsyncGenerator<ExportRecord> {
  const tenants = await client.query<{
    tenant_id: string;
    root_key_id: string;
    root_public_key: Buffer;
    hub_key_certificate: { statement: string; signature: string };
    archived_revision: number;
  }>(
    `SELECT tenant_id, root_key_id, root_public_key, hub_key_certificate, archived_revision
     FROM tenant ORDER BY tenant_id`,
  );
  for (const row of tenants.rows) {
    const { statement, signature } = row.hub_key_certificate;
    yield {
      record: 'tenant',
      tenant_id: row.tenant_id,
      root_key: { key_id: row.root_key_id, public_key: row.root_public_key.toString('base64url') },
      hub_key: { statement, signature },
      archived_revision: row.archived_revision,
    };
  }
  const locations = await client.query<{
    tenant_id: string;
    location_id: string;
    store_id: string;
    archived_revision: number;
  }>(
    'SELECT tenant_id, location_id, store_id, archived_revision FROM location ORDER BY tenant_id, location_id',
  );
  for (const row of locations.rows) yield { record: 'location', ...row };
  yield* deviceRecords(client);
}

async function* deviceRecords(client: PoolClient): AsyncGenerator<ExportRecord> {
  const devices = await client.query<{
    tenant_id: string;
    location_id: string;
    device_id: string;
    state: string;
    archived_revision: number;
  }>(
    `SELECT tenant_id, location_id, device_id, state, archived_revision
     FROM device ORDER BY tenant_id, location_id, device_id`,
  );
  for (const row of devices.rows) yield { record: 'device', ...row };
  const keys = await client.query<{
    tenant_id: string;
    device_id: string;
    key_id: string;
    public_key: Buffer;
  }>('SELECT tenant_id, device_id, key_id, public_key FROM device_key ORDER BY tenant_id, device_id, key_id');
  for (const row of keys.rows)
    yield { record: 'key', ...row, public_key: row.public_key.toString('base64url') };
}
