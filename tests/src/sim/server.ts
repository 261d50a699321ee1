/** The PostgreSQL of a campaign: a server of its own on a disk in memory, without the syncs that nobody misses here. */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts } from '@holdfast/base';
import {
  createHubContext,
  openFolderArchive,
  openHubKeys,
  openPool,
  startEmbeddedPostgres,
} from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import { withDatabase } from '../support/postgres.ts';
import { connectTo, TEMPLATE } from './hub-database.ts';

const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // What runs beside would move rows about at moments that no seed knows.
  autovacuum: 'off',
  max_wal_size: '4GB',
};

export type CampaignServer = { url: string; folder: string; stop(): Promise<void> };

/** Starts the server and makes the template. */
export async function startServer(): Promise<CampaignServer> {
  const folder = mkdtempSync(join(memoryFolder(), 'holdfast-sim-'));
  chmodSync(folder, 0o755); // PostgreSQL may run as another user, who must pass.
  const logger = createLogger({ level: 'silent', service: 'sim' });
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    logger,
    ports: systemPorts,
    settings: SETTINGS,
  });
  const admin = await connectTo(server.url);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  await makeTemplate(withDatabase(server.url, TEMPLATE), folder);
  return {
    url: server.url,
    folder,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(databaseUrl: string, folder: string): Promise<void> {
  const logger = createLogger({ level: 'silent', service: 'sim' });
  const ports = systemPorts;
  const pool = await openPool({ databaseUrl, connectionsMax: 1, ports, logger });
  try {
    const template = join(folder, 'template');
    await createHubContext({
      settings: {
        dataFolder: template,
        postgresFolder: template,
        archiveFolder: template,
        host: '127.0.0.1',
        port: 0,
        publicAuthorities: [],
        databaseUrl,
        tls: undefined,
        insecureLan: false,
      },
      ports,
      logger,
      keys: await openHubKeys({ folder: template, random: ports.random }),
      postgres: undefined,
      pool,
      archive: openFolderArchive({ folder: template }),
      close: async () => undefined,
    });
    // What a hub writes of itself is for each hub of a simulation to write.
    await pool.query('DELETE FROM hub_meta');
  } finally {
    await pool.end();
  }
}

function memoryFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
