/**
 * Takes tenants, stores and devices back from the archive: those the database does not know, and those it knows as
 * they were before. A record of the same age as its row changes nothing.
 */
import { fromBase64Url } from '@holdfast/crypto';
import type { Pool, PoolClient } from 'pg';
import type { IdentityArchive } from '../archive/archive.ts';
import { type IdentityRecord, type RecordOf, readRecord } from '../archive/identity-record.ts';
import { transact } from '../store/transact.ts';

/** How many rows were made or brought up to date, and which records could not be used. */
export type ReplayedIdentities = {
  tenants: number;
  locations: number;
  devices: number;
  unusable: { name: string; reason: string }[];
};

const ORDER = { tenant: 0, location: 1, device: 2 } as const;
const COUNTED = { tenant: 'tenants', location: 'locations', device: 'devices' } as const;

/** Replays every record of the archive. Afterwards the catch-up writes those that the archive lacks. */
export async function replayIdentities(input: {
  pool: Pool;
  archive: IdentityArchive;
  macKey: Uint8Array;
}): Promise<ReplayedIdentities> {
  const { records, unusable } = await readRecords(input);
  const replayed: ReplayedIdentities = { tenants: 0, locations: 0, devices: 0, unusable };
  await transact(input.pool, async (client) => {
    // The archive may be another one than the rows say: what it holds is said below.
    for (const table of Object.keys(ORDER)) await client.query(`UPDATE ${table} SET archived_revision = 0`);
    for (const record of records) {
      if (await replay(client, record)) replayed[COUNTED[record.record]] += 1;
      await client.query(
        `UPDATE ${record.record} SET archived_revision = $2 WHERE ${record.record}_id = $1 AND revision >= $2`,
        [idOf(record), record.revision],
      );
    }
  });
  return replayed;
}

/** True when a record says what the database does not know yet: the database was put back. Changes nothing. */
export async function areIdentitiesAhead(input: Parameters<typeof replayIdentities>[0]): Promise<boolean> {
  const { records } = await readRecords(input);
  const { rows } = await input.pool.query<{ id: string; revision: number; store: string | null }>(
    `SELECT tenant_id AS id, revision, NULL AS store FROM tenant
     UNION ALL SELECT location_id, revision, tenant_id || '/' || store_id FROM location
     UNION ALL SELECT device_id, revision, NULL FROM device`,
  );
  const revisions = new Map(rows.map(({ id, revision }) => [id, revision]));
  const stores = new Set(rows.map(({ store }) => store));
  return records.some((record) => {
    const known = revisions.get(idOf(record));
    if (known !== undefined) return known < record.revision;
    // A store that lost its name to another one is not replayed.
    return record.record !== 'location' || !stores.has(`${record.tenant_id}/${record.store_id}`);
  });
}

async function readRecords({
  archive,
  macKey,
}: {
  archive: IdentityArchive;
  macKey: Uint8Array;
}): Promise<{ records: IdentityRecord[]; unusable: ReplayedIdentities['unusable'] }> {
  const records: IdentityRecord[] = [];
  const unusable: ReplayedIdentities['unusable'] = [];
  for await (const stored of archive.identities()) {
    const record = readRecord(macKey, stored);
    if (record === undefined) unusable.push({ name: stored.name, reason: 'this hub did not write it so' });
    else records.push(record);
  }
  records.sort((a, b) => ORDER[a.record] - ORDER[b.record]);
  return { records, unusable };
}

function idOf(record: IdentityRecord): string {
  if (record.record === 'tenant') return record.tenant_id;
  return record.record === 'location' ? record.location_id : record.device_id;
}

/** True when the row was made, or was older. */
async function replay(client: PoolClient, record: IdentityRecord): Promise<boolean> {
  if (record.record === 'tenant') return replayTenant(client, record);
  return record.record === 'location' ? replayLocation(client, record) : replayDevice(client, record);
}

async function replayTenant(client: PoolClient, record: RecordOf<'tenant'>): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO tenant AS t (tenant_id, name, root_key_id, root_public_key, hub_key_certificate, created_at, revision)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id) DO UPDATE SET name = excluded.name,
       hub_key_certificate = excluded.hub_key_certificate, revision = excluded.revision
     WHERE t.revision < excluded.revision`,
    [
      record.tenant_id,
      record.name,
      record.root_key_id,
      bytesOf(record.root_public_key),
      record.hub_key_certificate,
      record.created_at,
      record.revision,
    ],
  );
  return rowCount === 1;
}

async function replayLocation(client: PoolClient, record: RecordOf<'location'>): Promise<boolean> {
  // A store_id names one store: of two records, that of the store the database knows already counts.
  const { rowCount } = await client.query(
    `INSERT INTO location AS l (tenant_id, location_id, store_id, name, currency, time_zone, created_at, revision)
     SELECT $1::uuid, $2::uuid, $3::text, $4, $5, $6, $7::timestamptz, $8::integer
     WHERE NOT EXISTS (SELECT FROM location WHERE tenant_id = $1::uuid AND store_id = $3 AND location_id <> $2::uuid)
     ON CONFLICT (tenant_id, location_id) DO UPDATE SET name = excluded.name, revision = excluded.revision
     WHERE l.revision < excluded.revision`,
    [
      record.tenant_id,
      record.location_id,
      record.store_id,
      record.name,
      record.currency,
      record.time_zone,
      record.created_at,
      record.revision,
    ],
  );
  return rowCount === 1;
}

async function replayDevice(client: PoolClient, record: RecordOf<'device'>): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO device AS d (tenant_id, location_id, device_id, name, kind, state, software_version, created_at, revision)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (device_id) DO UPDATE SET state = excluded.state, revision = excluded.revision
     WHERE d.revision < excluded.revision`,
    [
      record.tenant_id,
      record.location_id,
      record.device_id,
      record.name,
      record.kind,
      record.state,
      record.software_version,
      record.created_at,
      record.revision,
    ],
  );
  for (const key of record.keys) {
    await client.query(
      `INSERT INTO device_key (tenant_id, device_id, key_id, public_key, accepted_at, retired_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [
        record.tenant_id,
        record.device_id,
        key.key_id,
        bytesOf(key.public_key),
        key.accepted_at,
        key.retired_at,
      ],
    );
  }
  return rowCount === 1;
}

function bytesOf(text: string): Buffer {
  return Buffer.from(fromBase64Url(text) ?? []);
}
