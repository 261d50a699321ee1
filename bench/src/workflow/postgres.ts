/** The PostgreSQL of a reference: that of the hub, with the settings of the hub, on which every ack depends. */
import { join } from 'node:path';
import { systemPorts } from '@holdfast/base';
import { startEmbeddedPostgres } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import pg from 'pg';

export type ReferencePostgres = {
  /** Connection string of a database. */
  urlOf(database: string): string;
  /** What a statement answers, in a database. */
  query(database: string, text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

/** Starts a server in `folder`. Throws when it would not force what it commits. */
export async function startReferencePostgres(folder: string): Promise<ReferencePostgres> {
  const logger = createLogger({ level: 'error', service: 'bench-postgres' });
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    logger,
    ports: systemPorts,
  });
  const urlOf = (database: string) => Object.assign(new URL(server.url), { pathname: `/${database}` }).href;
  const query: ReferencePostgres['query'] = async (database, text) => {
    const client = new pg.Client({ connectionString: urlOf(database) });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  for (const setting of ['fsync', 'synchronous_commit']) {
    const [row] = await query('postgres', `SHOW ${setting}`);
    if (row?.[setting] !== 'on') throw new Error(`PostgreSQL runs with ${setting} off`);
  }
  return { urlOf, query, close: () => server.stop() };
}
