/**
 * Databases beside that of the hub, on its server: one that a backup is tried in or restored to, and the one before. A
 * name says what a database is, so that whoever comes after a kill knows.
 */
import { AppError, must, type Ports, randomId } from '@holdfast/base';
import { sha256Hex } from '@holdfast/crypto';
import type { Logger } from '@holdfast/runtime';
import pg from 'pg';
import { mapPostgresError, postgresCodeOf } from '../store/map-postgres-error.ts';
import { APPLICATION_NAME, openPool } from '../store/pool.ts';

/** Connections to a database that is being filled. */
const CONNECTIONS_MAX = 4;
/** PostgreSQL cuts names after 63 bytes; the longest ending, that of a database that was kept, needs 25. */
const NAME_BYTES_MAX = 38;
const HASH_LENGTH = 8;
/** The server ends a connection some time after a hub that stopped has closed it. */
const END_WAIT_MS = 2_000;
const END_POLL_MS = 50;
const CHECK_PREFIX = 'holdfast_check_';
/** When it was replaced. */
const KEPT_ENDING = /^\d{17}$/;

/** The hub's database and those beside it. */
export type Databases = {
  /** The name of the hub's own, and of the one that is being restored. */
  readonly names: { own: string; restoring: string };
  /** Makes an empty database, in the place of one of that name. Throws AppError `postgres_refused`. */
  create(name: string): Promise<void>;
  /** Makes a copy of a database that nobody uses, in the place of one of that name. Throws as `create`. */
  copy(from: string, to: string): Promise<void>;
  /** The names of those that were the hub's own until a restore replaced them, oldest first. */
  kept(): Promise<string[]>;
  /** Removes a database, and the connections to it; does nothing when there is none. */
  drop(name: string): Promise<void>;
  exists(name: string): Promise<boolean>;
  /** A pool on a database. */
  open(name: string): Promise<pg.Pool>;
  /** A name for a database that a backup is tried in. */
  checkName(): string;
  /** Throws AppError `database_in_use` when a hub is connected to the own one, and does not end within two seconds. */
  assertUnused(): Promise<void>;
  /** Removes what killed tries left behind. Call it while no backup is being tried. */
  sweepChecks(): Promise<void>;
  /**
   * Puts `restoring` in the place of `own`, which is kept under the name that is returned: both or neither. Null when
   * there was no own one. Throws AppError `database_in_use` while anybody is connected to either.
   */
  switchOver(): Promise<string | null>;
};

/** The databases of the server that `databaseUrl` names. */
export function openDatabases(input: { databaseUrl: string; ports: Ports; logger: Logger }): Databases {
  const { databaseUrl, ports, logger } = input;
  const own = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const names = namesFor(own);
  const run: Run = (work) => asAdmin(databaseUrl, own, work);
  const drop = (name: string) =>
    run((client) => client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`)).then(() => {});
  const exists = (name: string) =>
    run(async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      return rowCount === 1;
    });
  const make = async (name: string, how: string) => {
    await drop(name);
    await run((client) => client.query(`CREATE DATABASE ${quoted(name)} TEMPLATE ${how}`));
  };
  return {
    names,
    drop,
    exists,
    create: (name) => make(name, `template0 ENCODING 'UTF8'`),
    copy: (from, to) => make(to, quoted(from)),
    kept: () => run((client) => keptOf(client, own)),
    open: (name) =>
      openPool({ databaseUrl: urlOf(databaseUrl, name), connectionsMax: CONNECTIONS_MAX, ports, logger }),
    checkName: () => `${CHECK_PREFIX}${randomId(ports.random)}`,
    async assertUnused() {
      const untilMs = ports.clock.monotonicMs() + END_WAIT_MS;
      while (await run((client) => hasHub(client, own))) {
        if (ports.clock.monotonicMs() >= untilMs)
          throw new AppError('database_in_use', `A hub works on the database ${own}.`);
        await ports.timers.sleep(END_POLL_MS);
      }
    },
    async sweepChecks() {
      const left = await run((client) =>
        client.query<{ datname: string }>(
          `SELECT datname FROM pg_database WHERE starts_with(datname, $1)
             AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)`,
          [CHECK_PREFIX],
        ),
      );
      for (const { datname } of left.rows) await drop(datname);
    },
    async switchOver() {
      const before = (await exists(own)) ? keptName(own, ports.clock.nowMs()) : null;
      await run((client) => rename(client, names, before));
      return before;
    },
  };
}

async function hasHub(client: pg.Client, database: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name = $2',
    [database, APPLICATION_NAME],
  );
  return rowCount !== 0;
}

/** True when a restore was begun beside the database of `pool` and has neither ended nor been swept. */
export async function isRestoreUnfinished(pool: pg.Pool): Promise<boolean> {
  const current = await pool.query<{ own: string }>('SELECT current_database() AS own');
  const { restoring } = namesFor(must(current.rows[0], 'a database has a name').own);
  const { rowCount } = await pool.query('SELECT FROM pg_database WHERE datname = $1', [restoring]);
  return rowCount === 1;
}

function namesFor(own: string): Databases['names'] {
  return { own, restoring: `${baseOf(own)}_restoring` };
}

/** Says when, so that one restore after another keeps the database that the first of them replaced. */
function keptName(own: string, nowMs: number): string {
  return `${keptPrefix(own)}${new Date(nowMs).toISOString().replaceAll(/\D/g, '')}`;
}

function keptPrefix(own: string): string {
  return `${baseOf(own)}_before_`;
}

/** What names of one hub begin with; a name that has to be cut is told from others by its hash. */
function baseOf(own: string): string {
  if (Buffer.byteLength(own) <= NAME_BYTES_MAX) return own;
  const hash = sha256Hex(own).slice(0, HASH_LENGTH);
  return `${Buffer.from(own)
    .subarray(0, NAME_BYTES_MAX - HASH_LENGTH - 1)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '_')}_${hash}`;
}

/** `shop_before_sale` is another database, and none that a restore of `shop` has kept. */
async function keptOf(client: pg.Client, own: string): Promise<string[]> {
  const prefix = keptPrefix(own);
  const { rows } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname',
    [prefix],
  );
  return rows.map(({ datname }) => datname).filter((name) => KEPT_ENDING.test(name.slice(prefix.length)));
}

/** In one transaction: a kill leaves the names as they were, or as they shall be. */
async function rename(client: pg.Client, names: Databases['names'], before: string | null): Promise<void> {
  await client.query('BEGIN');
  if (before !== null) await client.query(`ALTER DATABASE ${quoted(names.own)} RENAME TO ${quoted(before)}`);
  await client.query(`ALTER DATABASE ${quoted(names.restoring)} RENAME TO ${quoted(names.own)}`);
  await client.query('COMMIT');
}

type Run = <T>(work: (client: pg.Client) => Promise<T>) => Promise<T>;

/** Runs `work` on a database that is none of ours, for nobody can rename the one he is connected to. */
async function asAdmin<T>(
  databaseUrl: string,
  own: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const connectionString = urlOf(databaseUrl, own === 'postgres' ? 'template1' : 'postgres');
  const client = new pg.Client({ connectionString, application_name: 'holdfast-hub-admin' });
  // A connection that breaks is told to the query under way, or to the next one.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw mapped(error);
  } finally {
    await client.end();
  }
}

function mapped(error: unknown): unknown {
  const code = postgresCodeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  if (code === '55006') return new AppError('database_in_use', `${capital(said)}.`, { cause: error });
  if (code === '42501' || code?.startsWith('28') === true)
    return new AppError('postgres_refused', `${capital(said)} (CREATEDB is needed).`, { cause: error });
  return mapPostgresError(error);
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function urlOf(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}
