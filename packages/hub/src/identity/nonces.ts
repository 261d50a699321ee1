/**
 * Single use for server nonces, where freshness is not enough. A nonce is recorded in the transaction of what it
 * authorises, and kept for longer than it can be good by any hub's clock.
 */
import { AppError, LIMITS, type Ports, type Service } from '@holdfast/base';
import { tokenHash } from '@holdfast/crypto';
import type { Pool, PoolClient } from 'pg';

/** Uses up `nonce`, when the transaction commits. Throws AppError `nonce_used`. */
export async function useNonce(
  client: PoolClient,
  { nonce, nowMs }: { nonce: string; nowMs: number },
): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO used_nonce (nonce_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [tokenHash(nonce), new Date(nowMs + 2 * LIMITS.nonceAgeMs)],
  );
  if (rowCount === 0) throw new AppError('nonce_used', 'The nonce was used before.');
}

/** Forgets nonces that have expired by themselves; returns how many. */
export async function deleteExpiredNonces(pool: Pool, nowMs: number): Promise<number> {
  const { rowCount } = await pool.query('DELETE FROM used_nonce WHERE expires_at < $1', [new Date(nowMs)]);
  return rowCount ?? 0;
}

/** A service that forgets expired nonces every five minutes. It fails, to be restarted, when the database does. */
export function createNonceCleanUp({ pool, ports }: { pool: Pool; ports: Ports }): Service {
  return {
    name: 'nonce clean-up',
    async run(signal) {
      while (!signal.aborted) {
        await deleteExpiredNonces(pool, ports.clock.nowMs());
        await ports.timers.sleep(LIMITS.nonceAgeMs, signal);
      }
    },
  };
}
