/**
 * Enrolment: a device key joins a store. The request is signed with the key it brings and carries a fresh server
 * nonce, which proves possession now; the claim token proves that an operator wants it. Nonce, claim, device and key
 * change in one transaction. Whoever repeats a request that succeeded (same key, same token, a new nonce) gets the
 * same answer, for the first one may have been lost on the way.
 */
import { AppError, must, type Ports, uuidV7 } from '@holdfast/base';
import { toBase64Url } from '@holdfast/crypto';
import { KeyCertificate, type RegisterAnswer, type RegisterRequest } from '@holdfast/protocol';
import type { PoolClient } from 'pg';
import { lockClaim, type UsableClaim, useClaim } from './claims.ts';
import { useNonce } from './nonces.ts';

/** A registration whose signature by `publicKey` has been verified. */
export type ProvenRegistration = {
  request: RegisterRequest;
  keyId: string;
  publicKey: Uint8Array;
  /** The server nonce that the signature covers. */
  serverNonce: string;
};

/**
 * Enrols the device within the caller's transaction. Throws AppError `nonce_used`, `invalid_claim_token` or
 * `already_enrolled`; then nothing of it stays, the nonce included.
 */
export async function enrol(
  client: PoolClient,
  { proven, ports }: { proven: ProvenRegistration; ports: Pick<Ports, 'clock' | 'random'> },
): Promise<RegisterAnswer> {
  const nowMs = ports.clock.nowMs();
  const { keyId, request } = proven;
  await useNonce(client, { nonce: proven.serverNonce, nowMs });
  const claim = await lockClaim(client, { token: request.claim_token, keyId, nowMs });
  if (claim.used_by !== null) return describeDevice(client, { ...claim, device_id: claim.used_by });
  const deviceId = uuidV7(ports);
  await insertDevice(client, { proven, claim, deviceId, nowMs });
  await useClaim(client, { token: request.claim_token, deviceId, nowMs });
  return describeDevice(client, { ...claim, device_id: deviceId });
}

async function insertDevice(
  client: PoolClient,
  input: { proven: ProvenRegistration; claim: UsableClaim; deviceId: string; nowMs: number },
): Promise<void> {
  const { proven, claim, deviceId } = input;
  const at = new Date(input.nowMs);
  await client.query(
    `INSERT INTO device (tenant_id, location_id, device_id, name, kind, state, software_version, created_at)
     VALUES ($1, $2, $3, $4, $5, 'active', $6, $7)`,
    [
      claim.tenant_id,
      claim.location_id,
      deviceId,
      proven.request.device_name,
      proven.request.device_type,
      proven.request.software_version,
      at,
    ],
  );
  // Waits for another registration of the same key to commit, and then finds it.
  const { rowCount } = await client.query(
    `INSERT INTO device_key (tenant_id, device_id, key_id, public_key, accepted_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [claim.tenant_id, deviceId, proven.keyId, Buffer.from(proven.publicKey), at],
  );
  if (rowCount === 0) throw new AppError('already_enrolled');
}

type DeviceRow = Omit<RegisterAnswer, 'root_key' | 'hub_key'> & {
  root_key_id: string;
  root_public_key: Buffer;
  hub_key_certificate: string;
};

/** What a device must know of its place, as it is now. */
async function describeDevice(
  client: PoolClient,
  device: { tenant_id: string; device_id: string },
): Promise<RegisterAnswer> {
  const { rows } = await client.query<DeviceRow>(
    `SELECT device.device_id, device.tenant_id, device.location_id, location.store_id, location.name AS store_name,
            location.currency, location.time_zone, device.state,
            (SELECT value FROM hub_meta WHERE key = 'generation') AS generation,
            tenant.root_key_id, tenant.root_public_key, tenant.hub_key_certificate::text AS hub_key_certificate
     FROM device JOIN location USING (tenant_id, location_id) JOIN tenant USING (tenant_id)
     WHERE tenant_id = $1 AND device_id = $2`,
    [device.tenant_id, device.device_id],
  );
  const { root_key_id, root_public_key, hub_key_certificate, ...place } = must(
    rows[0],
    'a claim names its device',
  );
  return {
    ...place,
    root_key: { key_id: root_key_id, public_key: toBase64Url(root_public_key) },
    hub_key: KeyCertificate.parse(JSON.parse(hub_key_certificate)),
  };
}
