/** Brings the database to the version of this program. */
import { AppError, type Clock, must } from '@holdfast/base';
import type { Pool, PoolClient } from 'pg';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations/index.ts';
import { transact } from './transact.ts';

/** Any number; the same in every version, so that two hubs that start together take turns. */
const ADVISORY_LOCK = 7_206_153_001;

/**
 * Runs the missing migrations, each in the one transaction that also records it; up to version `upTo` if given. Safe to
 * call from several hubs at once. Throws AppError `store_too_new` when a newer program has written the database, and
 * leaves it untouched.
 */
export async function migrate(
  pool: Pool,
  clock: Clock,
  { upTo = SCHEMA_VERSION }: { upTo?: number } = {},
): Promise<void> {
  await transact(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS hub_migration (
         version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)`,
    );
    const from = await versionOf(client);
    if (from > SCHEMA_VERSION) {
      throw new AppError(
        'store_too_new',
        `The database has version ${from}; this program knows ${SCHEMA_VERSION}`,
      );
    }
    for (const migration of MIGRATIONS.slice(from, upTo)) {
      await client.query(migration.sql);
      await client.query('INSERT INTO hub_migration VALUES ($1, $2, $3)', [
        migration.version,
        migration.name,
        new Date(clock.nowMs()),
      ]);
    }
  });
}

/** The version of the database that `client` sees; 0 before the first migration. */
export async function versionOf(client: Pool | PoolClient): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM hub_migration',
  );
  return must(rows[0], 'an aggregate has one row').version;
}

/** The version of a database that may not be a hub's; undefined where no migration was ever noted. */
export async function versionIfAny(client: Pool | PoolClient): Promise<number | undefined> {
  const { rows } = await client.query<{ is_there: boolean }>(
    "SELECT to_regclass('hub_migration') IS NOT NULL AS is_there",
  );
  return rows[0]?.is_there === true ? await versionOf(client) : undefined;
}
