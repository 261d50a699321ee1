/**
 * The pool of connections to PostgreSQL. Sums and 64-bit numbers arrive as bigint, never as a float that might round:
 * who needs a number converts it where its bound is known.
 */
import { AppError, must, type Ports } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import pg from 'pg';
import { postgresCodeOf } from './map-postgres-error.ts';

/** What a hub is called among the connections of its server. */
export const APPLICATION_NAME = 'holdfast-hub';

const VERSION_MIN = 150_000;
const CONNECT_WITHIN_MS = 30_000;
const CONNECT_AGAIN_MS = 250;
/** Wrong for good: wrong password or role, no such database, not a PostgreSQL. */
const HOPELESS = ['28P01', '28000', '3D000', 'ERR_INVALID_URL'];

const int8Parser = (text: string): bigint => BigInt(text);
const types: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === pg.types.builtins.INT8 && format !== 'binary' ? int8Parser : pg.types.getTypeParser(id, format),
};

/**
 * A pool whose server has answered. Tries for 30 s, for a server may start together with the hub. Throws AppError
 * `postgres_unreachable` (its message names host and reason, never the password) or `postgres_too_old`, and the reason
 * of `signal` when that aborts.
 */
export async function openPool(options: {
  databaseUrl: string;
  connectionsMax: number;
  ports: Ports;
  logger: Logger;
  /** How long to try; 30 s unless given. */
  withinMs?: number;
  signal?: AbortSignal;
}): Promise<pg.Pool> {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.connectionsMax,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: APPLICATION_NAME,
    types,
  });
  // An idle connection that breaks is dropped from the pool; without a listener it would end the process.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'an idle connection to PostgreSQL broke'));
  // One that breaks between two queries of a transaction is told to the next query.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await Promise.race([assertVersion(pool, options), aborted(options.signal)]);
  } catch (error) {
    const ended = pool.end();
    // A connection that is being made is waited for; who was told to stop does not wait with it.
    if (options.signal?.aborted !== true) await ended;
    throw error;
  }
  return pool;
}

/** Rejects when `signal` aborts, and never otherwise. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function assertVersion(
  pool: pg.Pool,
  options: { databaseUrl: string; ports: Ports; withinMs?: number },
): Promise<void> {
  const { clock, timers } = options.ports;
  const until = clock.monotonicMs() + (options.withinMs ?? CONNECT_WITHIN_MS);
  for (;;) {
    try {
      const { rows } = await pool.query<{ version: number }>(
        "SELECT current_setting('server_version_num')::integer AS version",
      );
      const { version } = must(rows[0], 'a setting has a value');
      if (version >= VERSION_MIN) return;
      throw new AppError(
        'postgres_too_old',
        `PostgreSQL ${Math.floor(version / 10_000)} is too old: 15 is the least`,
      );
    } catch (error) {
      if (error instanceof AppError) throw error;
      const isHopeless = HOPELESS.includes(postgresCodeOf(error) ?? '');
      if (isHopeless || clock.monotonicMs() >= until) throw unreachableServer(options.databaseUrl, error);
    }
    await timers.sleep(CONNECT_AGAIN_MS);
  }
}

function unreachableServer(databaseUrl: string, cause: unknown): AppError {
  const where = URL.canParse(databaseUrl) ? new URL(databaseUrl).host : 'the address in DATABASE_URL';
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const reason = postgresCodeOf(first) ?? (first instanceof Error ? first.message : 'no answer');
  return new AppError('postgres_unreachable', `PostgreSQL at ${where} cannot be reached: ${reason}`, {
    cause,
  });
}
