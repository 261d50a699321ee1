/**
 * The databases of a simulated hub on a real PostgreSQL: one that is in use, and copies of it from earlier moments. Each
 * is made from a template as files are copied, which takes some 10 ms.
 */
import pg from 'pg';
import { withDatabase } from '../support/postgres.ts';

/** Databases of one world; `name` sets them apart from those of every other. */
export type HubDatabase = {
  readonly url: string;
  /** Makes the database anew from the template. Nobody may be connected to either. */
  create(): Promise<void>;
  /** Keeps a copy of the database as it is now. Nobody may be connected. */
  keep(): Promise<void>;
  /** The number that a query answers with, read beside the hub by a connection that stays until `drop`. */
  count(sql: string): Promise<number>;
  /** Resolves when the server has seen the end of every connection; ending one is not heard at once. */
  untilUnused(): Promise<void>;
  /** Puts the copy in the place of the database. */
  putBack(): Promise<void>;
  drop(): Promise<void>;
};

/** The template all databases are copies of: migrated, without rows. */
export const TEMPLATE = 'simulation_template';

export function hubDatabase(
  admin: pg.Client,
  { serverUrl, name }: { serverUrl: string; name: string },
): HubDatabase {
  const copyOf = async (source: string, target: string) => {
    await admin.query(`DROP DATABASE IF EXISTS ${target} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${target} TEMPLATE ${source} STRATEGY file_copy`);
  };
  const url = withDatabase(serverUrl, name);
  let reader: pg.Client | undefined;
  return {
    url,
    create: () => copyOf(TEMPLATE, name),
    keep: () => copyOf(name, `${name}_kept`),
    putBack: () => copyOf(`${name}_kept`, name),
    async count(sql) {
      reader ??= await connectTo(url);
      const { rows } = await reader.query<{ count: string }>(sql);
      return Number(rows[0]?.count);
    },
    async untilUnused() {
      const connected = 'SELECT FROM pg_stat_activity WHERE datname = $1';
      while ((await admin.query(connected, [name])).rowCount !== 0);
    },
    async drop() {
      await reader?.end();
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.query(`DROP DATABASE IF EXISTS ${name}_kept WITH (FORCE)`);
    },
  };
}

/** Reads rows for an auditor, with a connection of its own. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectTo(url);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** A connection of the simulation itself. */
export async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
