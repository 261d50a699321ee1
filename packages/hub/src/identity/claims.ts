/**
 * Claim tokens: an operator's word that one more device may join a store. A token is shown once, used once and
 * expires; the hub keeps its hash alone.
 */
import { AppError, type Ports } from '@holdfast/base';
import { newToken, tokenHash } from '@holdfast/crypto';
import type { ClaimAnswer } from '@holdfast/protocol';
import type { Pool, PoolClient } from 'pg';
import { locationOfStore } from './locations.ts';

/** Makes a claim token for a store. Throws AppError `not_found` when the tenant has no such store. */
export async function createClaim(
  pool: Pool,
  input: {
    tenantId: string;
    storeId: string;
    expiresInSeconds: number;
    ports: Pick<Ports, 'clock' | 'random'>;
  },
): Promise<ClaimAnswer> {
  const location = await locationOfStore(pool, input);
  if (location === undefined) throw new AppError('not_found', `There is no store ${input.storeId}.`);
  const token = newToken('claim', input.ports.random);
  const nowMs = input.ports.clock.nowMs();
  const expiresAt = new Date(nowMs + input.expiresInSeconds * 1000);
  await pool.query(
    `INSERT INTO claim (tenant_id, location_id, token_hash, expires_at, created_at) VALUES ($1, $2, $3, $4, $5)`,
    [input.tenantId, location.location_id, tokenHash(token), expiresAt, new Date(nowMs)],
  );
  return { claim_token: token, store_id: input.storeId, expires_at: expiresAt.toISOString() };
}

/** A claim token that may be used, or was used by this very device key. */
export type UsableClaim = { tenant_id: string; location_id: string; used_by: string | null };

/** Locks the claim of `token` until the transaction ends. Throws AppError `invalid_claim_token`. */
export async function lockClaim(
  client: PoolClient,
  { token, keyId, nowMs }: { token: string; keyId: string; nowMs: number },
): Promise<UsableClaim> {
  const { rows } = await client.query<UsableClaim & { expires_at: Date; is_own: boolean }>(
    `SELECT tenant_id, location_id, used_by, expires_at,
            EXISTS (SELECT FROM device_key
                    WHERE device_key.tenant_id = claim.tenant_id AND device_key.device_id = claim.used_by
                      AND device_key.key_id = $2 AND device_key.retired_at IS NULL) AS is_own
     FROM claim WHERE token_hash = $1 FOR UPDATE`,
    [tokenHash(token), keyId],
  );
  const [claim] = rows;
  if (claim === undefined) throw new AppError('invalid_claim_token');
  // A used token still answers the device that used it: the first answer may have been lost.
  const isGood = claim.used_by === null ? nowMs < claim.expires_at.getTime() : claim.is_own;
  if (!isGood) throw new AppError('invalid_claim_token');
  return claim;
}

/** Marks a locked claim as used by `deviceId`. */
export async function useClaim(
  client: PoolClient,
  { token, deviceId, nowMs }: { token: string; deviceId: string; nowMs: number },
): Promise<void> {
  await client.query('UPDATE claim SET used_at = $2, used_by = $3 WHERE token_hash = $1', [
    tokenHash(token),
    new Date(nowMs),
    deviceId,
  ]);
}
