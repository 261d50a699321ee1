/**
 * Brings tenants, stores and devices to the archive as they are now. A row counts its changes, and the row says which
 * of them the archive has seen; it is locked while its record is written, so that two hubs do not write the older last.
 */
import { AppError } from '@holdfast/base';
import { toBase64Url } from '@holdfast/crypto';
import { KeyCertificate } from '@holdfast/protocol';
import type { Logger, Metrics } from '@holdfast/runtime';
import type { Pool, PoolClient } from 'pg';
import { transact } from '../store/transact.ts';
import type { IdentityArchive } from './archive.ts';
import { type IdentityRecord, nameOf, recordText } from './identity-record.ts';

/** Records written in one transaction. */
const RECORDS_AT_ONCE = 100;

export type IdentityKeeper = {
  /**
   * Returns when the archive holds every tenant, store and device that was committed before. Throws AppError
   * `archive_unavailable`: what has been committed stands, and is archived by the next call.
   */
  keep(): Promise<void>;
  /** The same; throws what the archive throws, and returns the number of records written. */
  once(): Promise<number>;
};

type Parts = { pool: Pool; archive: IdentityArchive; macKey: Uint8Array };

/** A keeper over a database and an archive. */
export function createIdentityKeeper(parts: Parts & { logger: Logger; metrics: Metrics }): IdentityKeeper {
  const failures = parts.metrics.counter(
    'holdfast_hub_archive_identity_failures_total',
    'Tenants, stores or devices that could not be archived at once.',
  );
  const once = async () => {
    let written = 0;
    for (const { read, mark } of KINDS) {
      for (let count = RECORDS_AT_ONCE; count === RECORDS_AT_ONCE; written += count) {
        count = await transact(parts.pool, (client) => keepSome(client, parts, { read, mark }));
      }
    }
    return written;
  };
  return {
    once,
    async keep() {
      try {
        await once();
      } catch (error) {
        if (error instanceof AppError) throw error;
        failures.inc();
        parts.logger.warn({ err: error }, 'the archive failed: a tenant, store or device is not in it');
        throw new AppError('archive_unavailable', undefined, { cause: error });
      }
    },
  };
}

type Kind = {
  read(client: PoolClient): Promise<{ id: string; record: IdentityRecord }[]>;
  mark: string;
};

async function keepSome(
  client: PoolClient,
  { archive, macKey }: Parts,
  { read, mark }: Kind,
): Promise<number> {
  const found = await read(client);
  for (const { record } of found) await archive.keepIdentity(nameOf(record), recordText(macKey, record));
  if (found.length > 0) await client.query(mark, [found.map(({ id }) => id)]);
  return found.length;
}

/** A store is of no use without its tenant, nor a device without its store: the order of writing is theirs. */
const KINDS: readonly Kind[] = [
  { read: readTenants, mark: markOf('tenant') },
  { read: readLocations, mark: markOf('location') },
  { read: readDevices, mark: markOf('device') },
];

function markOf(table: 'tenant' | 'location' | 'device'): string {
  return `UPDATE ${table} SET archived_revision = revision WHERE ${table}_id = ANY ($1::uuid[])`;
}

/** The end of each query: what the archive has not seen yet, locked. */
function unseen(table: 'tenant' | 'location' | 'device'): string {
  return `FROM ${table} WHERE archived_revision < revision ORDER BY ${table}_id LIMIT ${RECORDS_AT_ONCE} FOR UPDATE`;
}

type Row<K extends IdentityRecord['record']> = Omit<
  Extract<IdentityRecord, { record: K }>,
  'v' | 'record' | 'created_at' | 'keys' | 'root_public_key' | 'hub_key_certificate'
> & { created_at: Date };

async function readTenants(client: PoolClient) {
  const { rows } = await client.query<Row<'tenant'> & { root_public_key: Buffer; certificate: string }>(
    `SELECT revision, created_at, tenant_id, name, root_key_id, root_public_key,
            hub_key_certificate::text AS certificate ${unseen('tenant')}`,
  );
  return rows.map(({ certificate, ...row }) => ({
    id: row.tenant_id,
    record: {
      v: 1 as const,
      record: 'tenant' as const,
      ...row,
      created_at: row.created_at.toISOString(),
      root_public_key: toBase64Url(row.root_public_key),
      hub_key_certificate: KeyCertificate.parse(JSON.parse(certificate)),
    },
  }));
}

async function readLocations(client: PoolClient) {
  const { rows } = await client.query<Row<'location'>>(
    `SELECT revision, created_at, tenant_id, location_id, store_id, name, currency, time_zone ${unseen('location')}`,
  );
  return rows.map((row) => ({
    id: row.location_id,
    record: {
      v: 1 as const,
      record: 'location' as const,
      ...row,
      created_at: row.created_at.toISOString(),
    },
  }));
}

type KeyRow = {
  device_id: string;
  key_id: string;
  public_key: Buffer;
  accepted_at: Date;
  retired_at: Date | null;
};

async function readDevices(client: PoolClient) {
  const { rows } = await client.query<Row<'device'>>(
    `SELECT revision, created_at, tenant_id, location_id, device_id, name, kind, state, software_version
     ${unseen('device')}`,
  );
  const keys = await client.query<KeyRow>(
    `SELECT device_id, key_id, public_key, accepted_at, retired_at FROM device_key
     WHERE device_id = ANY ($1::uuid[]) ORDER BY accepted_at, key_id`,
    [rows.map((row) => row.device_id)],
  );
  const byDevice = Map.groupBy(keys.rows, (key) => key.device_id);
  return rows.map((row) => ({
    id: row.device_id,
    record: {
      v: 1 as const,
      record: 'device' as const,
      ...row,
      created_at: row.created_at.toISOString(),
      keys: (byDevice.get(row.device_id) ?? []).map(({ device_id: _, ...key }) => ({
        ...key,
        public_key: toBase64Url(key.public_key),
        accepted_at: key.accepted_at.toISOString(),
        retired_at: key.retired_at?.toISOString() ?? null,
      })),
    },
  }));
}
