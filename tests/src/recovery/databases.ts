/** The database of a hub that does not run, and copies of it: PostgreSQL makes one from the other, file by file. */
import { systemTimers } from '@holdfast/base';
import { query, withDatabase } from '../support/postgres.ts';

export type Databases = {
  /** Of the hub. */
  readonly url: string;
  /** Ends what a hub that was killed may have left at work. */
  endSessions(): Promise<void>;
  /** Copies the hub's database as it is now; returns the name of the copy. */
  copy(): Promise<string>;
  /** Puts a copy in the place of the hub's database; the copy stays. */
  putBack(name: string): Promise<void>;
  drop(name: string): Promise<void>;
  /** Public keys of every device there ever was, by key id. */
  deviceKeys(): Promise<Map<string, Uint8Array>>;
};

const OWN = 'holdfast_recovery';
const WAIT_MS = 10;

/** An empty database of a hub on the server at `serverUrl`. */
export async function createDatabases(serverUrl: string): Promise<Databases> {
  const url = withDatabase(serverUrl, OWN);
  const run = (sql: string) => query(serverUrl, sql);
  const endSessions = async () => {
    const sessions = `FROM pg_stat_activity WHERE datname = '${OWN}'`;
    await run(`SELECT pg_terminate_backend(pid) ${sessions}`);
    while ((await run(`SELECT 1 ${sessions}`)).length > 0) await systemTimers.sleep(WAIT_MS);
  };
  let copies = 0;
  await run(`DROP DATABASE IF EXISTS ${OWN} WITH (FORCE)`);
  await run(`CREATE DATABASE ${OWN}`);
  return {
    url,
    endSessions,
    async copy() {
      await endSessions();
      copies += 1;
      const name = `${OWN}_${copies}`;
      await run(`DROP DATABASE IF EXISTS ${name}`);
      await run(`CREATE DATABASE ${name} TEMPLATE ${OWN}`);
      return name;
    },
    async putBack(name) {
      await endSessions();
      await run(`DROP DATABASE ${OWN} WITH (FORCE)`);
      await run(`CREATE DATABASE ${OWN} TEMPLATE ${name}`);
    },
    drop: async (name) => void (await run(`DROP DATABASE ${name} WITH (FORCE)`)),
    async deviceKeys() {
      const rows = await query<{ key_id: string; public_key: Buffer }>(
        url,
        'SELECT key_id, public_key FROM device_key',
      );
      return new Map(rows.map(({ key_id, public_key }) => [key_id, public_key]));
    },
  };
}
