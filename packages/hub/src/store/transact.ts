/** Transactions: a client exists inside one only, and what it did is durable when {@link transact} returns. */
import { assert } from '@holdfast/base';
import type { Pool, PoolClient } from 'pg';
import { isWorthRepeating, mapPostgresError } from './map-postgres-error.ts';

const TRIES = 4;

const BEGIN = {
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
  /** One snapshot for all its queries. */
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
} as const;

/**
 * Runs `fn` in one transaction and commits it; whatever `fn` throws rolls it back and is thrown. Serialization failures
 * and deadlocks run `fn` again, up to three times, so that it must not have effects elsewhere. Every other failure
 * goes through `mapPostgresError`; one of COMMIT itself leaves open whether it happened.
 */
export async function transact<T>(
  pool: Pool,
  fn: (client: PoolClient) => Promise<T>,
  mode: keyof typeof BEGIN = 'write',
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(pool, fn, BEGIN[mode]);
    } catch (error) {
      if (!isWorthRepeating(error) || tries === TRIES) throw mapPostgresError(error);
    }
  }
}

async function once<T>(pool: Pool, fn: (client: PoolClient) => Promise<T>, begin: string): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await fn(client);
    const { command } = await client.query('COMMIT');
    assert(command === 'COMMIT', 'a failed statement inside the transaction was caught by its caller');
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw error;
  } finally {
    // A connection that cannot even roll back is closed, which rolls back at the server.
    client.release(broken);
  }
}

async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
