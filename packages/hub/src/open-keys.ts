/**
 * Opens the keys of a hub, or makes them where nothing depends on them yet. A hub that made new ones beside a database
 * or an archive in use would be a stranger to its own devices, so it stops before it makes any.
 */
import { AppError, type Random } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import type { IdentityArchive } from './archive/archive.ts';
import { isRestoreUnfinished } from './backup/databases.ts';
import type { HubSettings } from './config/settings.ts';
import { type HubKeys, keysMissing, missingKeys, openHubKeys } from './keys.ts';

/**
 * The keys in the data folder. Call it before the tables are made: it looks whether there were any. Throws AppError
 * `hub_key_missing`, `key_wrong`, or `hub_wiped` when the archive knows this hub and the database does not.
 */
export async function openKeysOf(input: {
  settings: HubSettings;
  pool: Pool;
  archive: IdentityArchive;
  random: Random;
  logger: Logger;
}): Promise<HubKeys> {
  const { settings, pool, archive, random, logger } = input;
  const folder = settings.dataFolder;
  if (await isRestoreUnfinished(pool)) {
    logger.warn(
      'a restore of this hub did not finish: the database is as it was before; run `holdfast hub restore` again',
    );
  }
  const isUsed = await hasTenant(pool);
  const missing = await missingKeys(folder);
  const records = isUsed ? 0 : await countRecords(archive);
  if (missing.length > 0 && (isUsed || records > 0)) {
    const why = `The ${isUsed ? 'database' : 'archive'} depends on what is missing, so that nothing new is made.`;
    throw keysMissing(folder, { missing, why });
  }
  if (records > 0) {
    throw new AppError(
      'hub_wiped',
      `The database is empty, and the archive in ${settings.archiveFolder} knows ${records} tenants, stores and devices of this hub.`,
    );
  }
  return openHubKeys({ folder, random });
}

async function hasTenant(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ is_there: boolean }>(
    "SELECT to_regclass('tenant') IS NOT NULL AS is_there",
  );
  if (rows[0]?.is_there !== true) return false;
  const { rowCount } = await pool.query('SELECT FROM tenant LIMIT 1');
  return rowCount === 1;
}

async function countRecords(archive: IdentityArchive): Promise<number> {
  let count = 0;
  for await (const _ of archive.identities()) count += 1;
  return count;
}
