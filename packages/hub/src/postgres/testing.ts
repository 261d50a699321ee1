/** Databases for tests: fresh copies of a migrated one, on the server that the run's global set-up started. */
import { must, randomId, systemPorts } from '@holdfast/base';
import pg from 'pg';

/** Set by the global set-up for the test processes. */
export const TEST_SERVER_VARIABLE = 'HOLDFAST_TEST_POSTGRES_URL';
export const TEMPLATE_DATABASE = 'holdfast_template';

export type TestDatabase = {
  /** Connection string of a migrated database without rows. */
  readonly url: string;
  /** Removes the database, closing what is still connected to it. */
  drop(): Promise<void>;
};

/** A database of its own for the caller; `migrated: false` gives an empty one. */
export async function withTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = must(process.env[TEST_SERVER_VARIABLE], 'the global set-up of vitest started PostgreSQL');
  const name = `test_${randomId(systemPorts.random)}`;
  const template = (options.migrated ?? true) ? TEMPLATE_DATABASE : 'template0';
  await asAdmin(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url: withDatabase(server, name),
    drop: () => asAdmin(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** The connection string of another database of the same server. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function asAdmin(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
