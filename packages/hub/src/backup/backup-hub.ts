/** `holdfast hub backup`: the database of a hub in a folder, tried before it is called a backup. */
import { join } from 'node:path';
import type { Ports } from '@holdfast/base';
import { type Logger, lockFolder } from '@holdfast/runtime';
import type { HubSettings } from '../config/settings.ts';
import { assertKeysAreThere, openHubKeys } from '../keys.ts';
import { lockIfFree } from '../lock-if-free.ts';
import { openServer } from '../postgres/running.ts';
import { beginBackup, keepNewest } from './backup-folder.ts';
import { type Databases, openDatabases } from './databases.ts';
import { loadBackup } from './load-backup.ts';
import type { Manifest } from './manifest.ts';
import { writeBackup } from './write-backup.ts';

/** How long another backup into the same folder is waited for. */
const BACKUP_LOCK_WAIT_MS = 5_000;

/** Told of what is going on, for people who watch. */
export type OnStep = (text: string) => void;

/** A backup that stands. */
export type HubBackup = {
  folder: string;
  manifest: Manifest;
  /** False when the caller did not want it tried. */
  tested: boolean;
  /** Older backups that were removed. */
  removed: string[];
};

/** What is backed up, where to, and how carefully. */
export type BackupInput = {
  settings: HubSettings;
  /** Folder of the backups; `backups` in the data folder unless given. */
  to?: string;
  /** How many backups stay; all of them unless given. */
  keep?: number;
  /** Whether it is loaded into a database of its own and compared. */
  test: boolean;
  ports: Ports;
  logger: Logger;
  onStep: OnStep;
};

/**
 * Backs the database of a hub up, whether the hub runs or not. Keys, token and archive are not in it. Throws AppError
 * `hub_key_missing`, `backup_damaged`, `postgres_refused` (trying it needs CREATEDB), or one of PostgreSQL's; then there is
 * no backup.
 */
export async function backupHub(input: BackupInput): Promise<HubBackup> {
  const { settings, ports, logger } = input;
  await assertKeysAreThere(settings.dataFolder, 'A backup is made of a hub that has been started before.');
  const { macKey } = await openHubKeys({ folder: settings.dataFolder, random: ports.random });
  await using opened = new AsyncDisposableStack();
  const own = await lockIfFree(settings.dataFolder, ports);
  opened.defer(() => own?.release());
  const server = await openServer({ settings, isOurs: own !== undefined, ports, logger });
  opened.defer(() => server.close());
  const databases = openDatabases({ databaseUrl: server.databaseUrl, ports, logger });
  const parent = input.to ?? join(settings.dataFolder, 'backups');
  const lock = await lockFolder(parent, { waitMs: BACKUP_LOCK_WAIT_MS, ports });
  opened.defer(() => lock.release());
  await using making = await beginBackup(parent, ports);
  const manifest = await write({ ...input, databases, macKey, folder: making.folder });
  if (input.test) await tryBackup({ ...input, databases, manifest, folder: making.folder });
  const folder = await making.finish();
  const removed = input.keep === undefined ? [] : await keepNewest(parent, input.keep);
  logger.info({ folder, tested: input.test, removed: removed.length }, 'the hub was backed up');
  return { folder, manifest, tested: input.test, removed };
}

async function write(
  input: BackupInput & { databases: Databases; macKey: Uint8Array; folder: string },
): Promise<Manifest> {
  const pool = await input.databases.open(input.databases.names.own);
  try {
    return await writeBackup({
      pool,
      folder: input.folder,
      macKey: input.macKey,
      clock: input.ports.clock,
      onTable: (table, { number, of }) => input.onStep(`Writing ${table} (${number} of ${of})`),
    });
  } finally {
    await pool.end();
  }
}

/** Loads the backup as a restore would, into a database that is dropped afterwards. */
async function tryBackup(
  input: BackupInput & { databases: Databases; manifest: Manifest; folder: string },
): Promise<void> {
  const { databases, manifest, folder, ports } = input;
  await databases.sweepChecks();
  const name = databases.checkName();
  await databases.create(name);
  try {
    const pool = await databases.open(name);
    try {
      await loadBackup({
        pool,
        folder,
        manifest,
        clock: ports.clock,
        onTable: (table, { number, of }) => input.onStep(`Trying ${table} (${number} of ${of})`),
      });
    } finally {
      await pool.end();
    }
  } finally {
    await databases.drop(name);
  }
}
