/** Opens the ledger of a configuration to be exported, whether the hub runs or not. */
import { existsSync } from 'node:fs';
import { AppError, type Ports } from '@holdfast/base';
import type { FolderLock, Logger } from '@holdfast/runtime';
import type { ExportRecord } from '@holdfast/verify';
import type { Pool } from 'pg';
import type { HubOptions } from '../config/options.ts';
import { type HubSettings, loadSettings } from '../config/settings.ts';
import { readMacKey } from '../keys.ts';
import { lockIfFree } from '../lock-if-free.ts';
import { openServer } from '../postgres/running.ts';
import { mapPostgresError } from '../store/map-postgres-error.ts';
import { versionIfAny } from '../store/migrate.ts';
import { SCHEMA_VERSION } from '../store/migrations/index.ts';
import { openPool } from '../store/pool.ts';
import { exportHub } from './export-hub.ts';

/** A ledger that is open to be read; `close` when the records have been read. */
export type HubExport = {
  /** With the archive in a folder, if one is named. */
  records(archiveFolder: string | undefined): AsyncGenerator<ExportRecord>;
  /** The archive of the configuration, if there is one. */
  archiveFolder: string | undefined;
  /** The key of the hub's MACs, where its data folder is at hand. */
  macKey: Uint8Array | undefined;
  close(): Promise<void>;
};

const CONNECTIONS_MAX = 2;

/** Opens it, and starts the hub's own PostgreSQL for the while if nobody runs it. Throws what a start of it throws. */
export async function openHubExport(input: {
  options: HubOptions;
  ports: Ports;
  logger: Logger;
}): Promise<HubExport> {
  const { ports, logger } = input;
  const settings = await loadSettings(input.options);
  await using opening = new AsyncDisposableStack();
  const lock = await lockOf(settings, ports);
  opening.defer(() => lock?.release());
  const server = await openServer({ settings, isOurs: lock !== undefined, ports, logger });
  opening.defer(() => server.close());
  const { databaseUrl } = server;
  const pool = await openPool({ databaseUrl, connectionsMax: CONNECTIONS_MAX, ports, logger });
  opening.defer(() => pool.end());
  await assertSchema(pool);
  const macKey = await readMacKey(settings.dataFolder);
  const opened = opening.move();
  return {
    macKey,
    archiveFolder: existsSync(settings.archiveFolder) ? settings.archiveFolder : undefined,
    records: (archiveFolder) => mapped(exportHub(pool, { nowMs: ports.clock.nowMs(), archiveFolder })),
    close: () => opened.disposeAsync(),
  };
}

/** The lock of the data folder; undefined when the hub runs, or when its database is elsewhere. */
async function lockOf(settings: HubSettings, ports: Ports): Promise<FolderLock | undefined> {
  if (settings.databaseUrl !== undefined) return undefined;
  if (!existsSync(settings.postgresFolder))
    throw new AppError(
      'config_invalid',
      `There is no database of a hub in ${settings.postgresFolder}. Name its configuration or its data folder, or DATABASE_URL.`,
    );
  return await lockIfFree(settings.dataFolder, ports);
}

async function assertSchema(pool: Pool): Promise<void> {
  const version = await versionIfAny(pool);
  if (version !== undefined && version > SCHEMA_VERSION)
    throw new AppError(
      'store_too_new',
      `The database has schema ${version}; this version knows ${SCHEMA_VERSION}`,
    );
  if (version !== SCHEMA_VERSION)
    throw new AppError('config_invalid', 'The database holds no ledger of this version. Start the hub once.');
}

async function* mapped(records: AsyncGenerator<ExportRecord>): AsyncGenerator<ExportRecord> {
  try {
    yield* records;
  } catch (error) {
    throw mapPostgresError(error);
  }
}
