/** Builds what a hub is made of, in order, and takes it apart again in the other. */
import { chmod } from 'node:fs/promises';
import { type Ports, randomId } from '@holdfast/base';
import { createVerifier, type Verifier } from '@holdfast/crypto';
import { createMetrics, ensureFolder, type Logger, type Metrics } from '@holdfast/runtime';
import type { Pool } from 'pg';
import type { Archive } from './archive/archive.ts';
import { type ArchiveCatchUp, createArchiveCatchUp } from './archive/catch-up.ts';
import { openFolderArchive, sweepStaging } from './archive/folder-archive.ts';
import { createIdentityKeeper, type IdentityKeeper } from './archive/keep-identities.ts';
import type { HubSettings } from './config/settings.ts';
import { createIngest, type Ingest } from './ingest/ingest.ts';
import type { HubKeys } from './keys.ts';
import { ensureMacKey } from './mac-key.ts';
import { openKeysOf } from './open-keys.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './postgres/embedded.ts';
import { replayAhead } from './replay/replay-ahead.ts';
import { endingWith } from './start-ports.ts';
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
  /** Call it when a tenant, store or device has changed, before that is answered. */
  identities: IdentityKeeper;
  ingest: Ingest;
  /** To be supervised while the hub runs. */
  catchUp: ArchiveCatchUp;
  /** The PostgreSQL this hub started; undefined with a `databaseUrl`. */
  postgres: EmbeddedPostgres | undefined;
  /** Ends the connections, then PostgreSQL. Call it when nothing uses the context; twice is once. */
  close(): Promise<void>;
};

/** A start that has waited for PostgreSQL that long says so. */
const TELL_AFTER_MS = 2_000;

/**
 * Opens everything a hub needs: PostgreSQL, keys, its tables, the archive. Releases all of it if it throws: an AppError,
 * or the reason of `signal` when that aborts.
 */
export async function openHub(input: {
  settings: HubSettings;
  ports: Ports;
  logger: Logger;
  signal: AbortSignal;
}): Promise<HubContext> {
  const { settings, ports, logger } = input;
  await openDataFolder(settings.dataFolder);
  const opened: { postgres?: EmbeddedPostgres; pool?: Pool; closing?: Promise<void> } = {};
  const release = async () => {
    await opened.pool?.end();
    await opened.postgres?.stop();
  };
  const close = () => {
    opened.closing ??= release();
    return opened.closing;
  };
  try {
    const { pool } = await openDatabase(input, opened);
    await sweepStaging({ folder: settings.archiveFolder, clock: ports.clock });
    const archive = openFolderArchive({ folder: settings.archiveFolder });
    const keys = await openKeysOf({ settings, pool, archive, random: ports.random, logger });
    const { postgres } = opened;
    return await createHubContext({ settings, ports, logger, keys, postgres, pool, archive, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** PostgreSQL and a pool on it, each noted in `opened` as soon as it is there. */
async function openDatabase(
  { settings, ports, logger, signal }: Parameters<typeof openHub>[0],
  opened: { postgres?: EmbeddedPostgres; pool?: Pool },
): Promise<{ pool: Pool }> {
  const { databaseUrl, postgresFolder: folder } = settings;
  const server = databaseUrl === undefined ? folder : new URL(databaseUrl).host;
  const isReady = ports.timers.after(TELL_AFTER_MS, () =>
    logger.info({ server }, 'waiting for PostgreSQL to answer'),
  );
  try {
    const starting = { ports: endingWith(ports, signal), logger };
    if (databaseUrl === undefined) opened.postgres = await startEmbeddedPostgres({ folder, ...starting });
    opened.pool = await openPool({
      databaseUrl: databaseUrl ?? opened.postgres?.url ?? '',
      connectionsMax: CONNECTIONS_MAX,
      signal,
      ...starting,
    });
    return { pool: opened.pool };
  } finally {
    isReady();
  }
}

/** What a context is made of: all that lies outside of the process, opened. */
export type HubParts = Pick<
  HubContext,
  'settings' | 'ports' | 'logger' | 'keys' | 'postgres' | 'pool' | 'archive' | 'close'
>;

/** Brings the database up to date, with its tables and with the archive, and makes the collaborators that work on it. */
export async function createHubContext(parts: HubParts): Promise<HubContext> {
  const { pool, ports, logger, archive, keys } = parts;
  await migrate(pool, ports.clock);
  await ensureMacKey(pool, keys.macKey);
  await ensureGeneration(pool, ports);
  const metrics = createMetrics();
  // One for requests and seals: both are made with the same keys.
  const verifier = createVerifier();
  const { clock, random } = ports;
  await replayAhead({ pool, archive, macKey: keys.macKey, verifier, clock, random, logger });
  const shared = { pool, ports, logger, metrics, archive, verifier, macKey: keys.macKey };
  const identities = createIdentityKeeper(shared);
  return {
    ...parts,
    metrics,
    verifier,
    identities,
    ingest: createIngest(shared),
    catchUp: createArchiveCatchUp({ ...shared, identities }),
  };
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
