/**
 * `holdfast hub restore`: a database from a backup, or an empty one, brought up to what the archive holds. It is made
 * beside the old one and takes its place when it is whole: until then a kill changes nothing.
 */
import { AppError, type Ports } from '@holdfast/base';
import { createVerifier } from '@holdfast/crypto';
import { type Logger, lockFolder } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { openFolderArchive } from '../archive/folder-archive.ts';
import type { HubSettings } from '../config/settings.ts';
import { assertKeysAreThere, type HubKeys, openHubKeys } from '../keys.ts';
import { sumsToZero } from '../ledger/sums-to-zero.ts';
import { ensureMacKey } from '../mac-key.ts';
import { openServer } from '../postgres/running.ts';
import { beginLife } from '../replay/begin-life.ts';
import { type Replay, replayArchive } from '../replay/replay-archive.ts';
import { migrate } from '../store/migrate.ts';
import type { OnStep } from './backup-hub.ts';
import { type Databases, openDatabases } from './databases.ts';
import { loadBackup } from './load-backup.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** Where the rows come from before the archive is replayed. */
export type RestoreSource =
  | { kind: 'backup'; folder: string }
  /** Nothing but the archive: there is no backup. */
  | { kind: 'archive' }
  /** The database as it is: what is wrong with the archive is found, and mended when the hub starts. */
  | { kind: 'in_place' }
  /** One that an earlier restore replaced and kept; it stays as it is. */
  | { kind: 'kept'; database: string };

/** What was restored. */
export type HubRestore = {
  /** Null without a backup. */
  manifest: Manifest | null;
  replay: Replay;
  generation: string;
  /** Claim tokens that nobody had used; they may have been used since, so they are void. */
  claims_voided: number;
  /** Name of the database as it was before, which is still there; null when there was none, or it was dropped. */
  kept_database: string | null;
  /** All that are still there, of this restore and of earlier ones, oldest first. */
  kept_databases: string[];
};

/** What a restore is made of, and what becomes of the database before it. */
export type RestoreInput = {
  settings: HubSettings;
  source: RestoreSource;
  /** Whether the database as it was before goes when the new one is in its place, and those kept earlier with it. */
  dropOld: boolean;
  ports: Ports;
  logger: Logger;
  onStep: OnStep;
};

type Parts = RestoreInput & { databases: Databases; keys: HubKeys };

/**
 * Restores a hub that does not run. Throws AppError `data_folder_in_use`, `database_in_use`, `hub_key_missing`,
 * `backup_damaged`, `store_too_new`, `postgres_refused`, or one of PostgreSQL's; then the database is as it was.
 */
export async function restoreHub(input: RestoreInput): Promise<HubRestore> {
  const { settings, source, ports, logger } = input;
  await assertKeysAreThere(
    settings.dataFolder,
    'Devices know this hub by its keys, and its records are signed with them.',
  );
  await using opened = new AsyncDisposableStack();
  const lock = await lockFolder(settings.dataFolder, { waitMs: 0, ports });
  opened.defer(() => lock.release());
  const keys = await openHubKeys({ folder: settings.dataFolder, random: ports.random });
  const manifest = source.kind === 'backup' ? await readManifest(source.folder, keys.macKey) : null;
  const server = await openServer({ settings, isOurs: true, ports, logger });
  opened.defer(() => server.close());
  const databases = openDatabases({ databaseUrl: server.databaseUrl, ports, logger });
  await databases.assertUnused();
  const parts = { ...input, databases, keys };
  const restored =
    source.kind === 'in_place' ? await replayInPlace(parts) : await restoreBeside(parts, manifest);
  if (input.dropOld) for (const name of await databases.kept()) await databases.drop(name);
  const { generation, replay } = restored;
  logger.info({ generation, source: source.kind, entries: replay.entries.replayed }, 'the hub was restored');
  return {
    manifest,
    ...restored,
    kept_database: input.dropOld ? null : restored.kept_database,
    kept_databases: await databases.kept(),
  };
}

type Restored = Omit<HubRestore, 'manifest' | 'kept_databases'>;

async function replayInPlace(parts: Parts): Promise<Restored> {
  const pool = await parts.databases.open(parts.databases.names.own);
  try {
    await migrate(pool, parts.ports.clock);
    return { ...(await bringUp(pool, parts)), kept_database: null };
  } finally {
    await pool.end();
  }
}

async function restoreBeside(parts: Parts, manifest: Manifest | null): Promise<Restored> {
  const { databases, source } = parts;
  const { restoring } = databases.names;
  // In the place of what a killed restore left.
  if (source.kind === 'kept') await copyKept(databases, source.database);
  else await databases.create(restoring);
  const folder = source.kind === 'backup' ? source.folder : '';
  const brought = await fill({ ...parts, folder }, manifest).catch(async (error: unknown) => {
    await databases.drop(restoring);
    throw error;
  });
  return { ...brought, kept_database: await databases.switchOver() };
}

async function copyKept(databases: Databases, name: string): Promise<void> {
  const kept = await databases.kept();
  if (!kept.includes(name))
    throw new AppError(
      'backup_damaged',
      `No restore kept a database ${name}. ${kept.length === 0 ? 'None did.' : `There are: ${kept.join(', ')}.`}`,
    );
  await databases.copy(name, databases.names.restoring);
}

async function fill(
  parts: Parts & { folder: string },
  manifest: Manifest | null,
): Promise<Omit<Restored, 'kept_database'>> {
  const { databases, ports, onStep, folder } = parts;
  const pool = await databases.open(databases.names.restoring);
  try {
    if (manifest === null) await migrate(pool, ports.clock);
    else {
      await loadBackup({
        pool,
        folder,
        manifest,
        clock: ports.clock,
        onTable: (table, { number, of }) => onStep(`Loading ${table} (${number} of ${of})`),
      });
    }
    return await bringUp(pool, parts);
  } finally {
    await pool.end();
  }
}

/** A new generation, no claim that may have been used since, and all that the archive has. */
async function bringUp(
  pool: Pool,
  { settings, ports, keys, onStep }: Parts,
): Promise<Omit<Restored, 'kept_database'>> {
  await ensureMacKey(pool, keys.macKey);
  const { generation, claims } = await beginLife(pool, ports.random);
  const replay = await replayArchive({
    pool,
    archive: openFolderArchive({ folder: settings.archiveFolder }),
    macKey: keys.macKey,
    verifier: createVerifier(),
    clock: ports.clock,
    onProgress: ({ segments, of }) => onStep(`Replaying the archive (segment ${segments + 1} of ${of})`),
  });
  if (!(await sumsToZero(pool)))
    throw new AppError('backup_damaged', 'The ledger of the restored database does not balance.');
  return { generation, replay, claims_voided: claims };
}
