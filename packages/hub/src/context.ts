/** Builds what a hub is made of, in order, and takes it apart again in the other. */
import { chmod } from 'node:fs/promises';
import { type Ports, randomId } from '@holdfast/base';
import { createVerifier, type Verifier } from '@holdfast/crypto';
import { createMetrics, ensureFolder, type Logger, type Metrics } from '@holdfast/runtime';
import type { Pool } from 'pg';
import type { Archive } from './archive/archive.ts';
import { type ArchiveCatchUp, createArchiveCatchUp } from './archive/catch-up.ts';
import { openFolderArchive, sweepStaging } from './archive/folder-archive.ts';
import type { HubSettings } from './config/settings.ts';
import { createIngest, type Ingest } from './ingest/ingest.ts';
import { type HubKeys, openHubKeys } from './keys.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './postgres/embedded.ts';
import { migrate } from './store/migrate.ts';
import { openPool } from './store/pool.ts';

/** Batches at work, and as many again for everything else. */
const CONNECTIONS_MAX = 32;

/** The collaborators of a hub. */
export type HubContext = {
  settings: HubSettings;
  ports: Ports;
  logger: Logger;
  metrics: Metrics;
  pool: Pool;
  keys: HubKeys;
  verifier: Verifier;
  archive: Archive;
  ingest: Ingest;
  /** To be supervised while the hub runs. */
  catchUp: ArchiveCatchUp;
  /** The PostgreSQL this hub started; undefined with a `databaseUrl`. */
  postgres: EmbeddedPostgres | undefined;
  /** Ends the connections, then PostgreSQL. Call it when nothing uses the context; twice is once. */
  close(): Promise<void>;
};

/** Opens everything a hub needs: keys, PostgreSQL, its tables, the archive. Releases all of it if it throws. */
export async function openHub(settings: HubSettings, ports: Ports, logger: Logger): Promise<HubContext> {
  await openDataFolder(settings.dataFolder);
  const keys = await openHubKeys({ folder: settings.dataFolder, random: ports.random });
  const postgres =
    settings.databaseUrl === undefined
      ? await startEmbeddedPostgres({ folder: settings.postgresFolder, logger, ports })
      : undefined;
  const opened: { pool?: Pool; closing?: Promise<void> } = {};
  const release = async () => {
    await opened.pool?.end();
    await postgres?.stop();
  };
  const close = () => {
    opened.closing ??= release();
    return opened.closing;
  };
  try {
    const databaseUrl = settings.databaseUrl ?? postgres?.url ?? '';
    const pool = await openPool({ databaseUrl, connectionsMax: CONNECTIONS_MAX, ports, logger });
    opened.pool = pool;
    await migrate(pool, ports.clock);
    await ensureGeneration(pool, ports);
    await sweepStaging({ folder: settings.archiveFolder, clock: ports.clock });
    const archive = openFolderArchive({ folder: settings.archiveFolder });
    const metrics = createMetrics();
    // One for requests and seals: both are made with the same keys.
    const verifier = createVerifier();
    const shared = { pool, ports, logger, metrics, archive, verifier };
    return {
      ...shared,
      settings,
      keys,
      postgres,
      ingest: createIngest({ ...shared, macKey: keys.macKey }),
      catchUp: createArchiveCatchUp(shared),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Root hands PostgreSQL over to another user, who must pass through the data folder; the files in it are for their
 * owner alone. Everybody else keeps the folder closed. The folders above that are missing are made alike, so call it
 * before anything else makes them.
 */
export async function openDataFolder(folder: string): Promise<void> {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  await ensureFolder(folder, mode);
  await chmod(folder, mode);
}

/** A new database gets a generation; an old one keeps its own. */
async function ensureGeneration(pool: Pool, { random }: Ports): Promise<void> {
  await pool.query("INSERT INTO hub_meta VALUES ('generation', $1) ON CONFLICT DO NOTHING", [
    randomId(random),
  ]);
}
