/**
 * Global set-up of the tests: one embedded PostgreSQL for a run, with a migrated database that every test file copies.
 * Test processes learn its address from the environment.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import pg from 'pg';
import { migrate } from '../store/migrate.ts';
import { openPool } from '../store/pool.ts';
import { startEmbeddedPostgres } from './embedded.ts';
import { TEMPLATE_DATABASE, TEST_SERVER_VARIABLE, withDatabase } from './testing.ts';

/** Starts the server; the function returned stops it and removes its folder. */
export async function setup(): Promise<() => Promise<void>> {
  const logger = createLogger({ level: 'silent', service: 'test-server' });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-server-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    logger,
    ports: systemPorts,
  });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await admin.end();
  const databaseUrl = withDatabase(server.url, TEMPLATE_DATABASE);
  const pool = await openPool({ databaseUrl, connectionsMax: 1, ports: systemPorts, logger });
  await migrate(pool, systemPorts.clock);
  await pool.end();
  process.env[TEST_SERVER_VARIABLE] = server.url;
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
