/**
 * The tenant of this hub's root key. The database names the key, the data folder holds it: a hub that was given
 * another folder stops here, for its devices would not know it any more.
 */
import { AppError, type Ports, uuidV7 } from '@holdfast/base';
import { canonicalJson, type SigningKey, toBase64Url } from '@holdfast/crypto';
import { type KeyCertificate, KeyStatement } from '@holdfast/protocol';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { transact } from '../store/transact.ts';

/** Name of the tenant a hub makes at its first start. */
export const DEFAULT_TENANT_NAME = 'default';

type Keys = { rootKey: SigningKey; hubKey: SigningKey };

/**
 * The id of the tenant, which is made at the first start. Its certificate names the hub's present key. Throws AppError
 * `key_wrong` when the database belongs to another root key.
 */
export async function ensureTenant(
  pool: Pool,
  { keys, ports }: { keys: Keys; ports: Pick<Ports, 'clock' | 'random'> },
): Promise<string> {
  return transact(pool, async (client) => {
    await client.query('LOCK TABLE tenant IN SHARE ROW EXCLUSIVE MODE');
    const known = await readTenant(client, keys.rootKey.keyId);
    if (known === undefined) return createTenant(client, { keys, ports });
    if (known.certifiedKeyId !== keys.hubKey.keyId) {
      await client.query(
        'UPDATE tenant SET hub_key_certificate = $2, revision = revision + 1 WHERE tenant_id = $1',
        [known.tenantId, certify({ keys, tenantId: known.tenantId, nowMs: ports.clock.nowMs() })],
      );
    }
    return known.tenantId;
  });
}

async function readTenant(
  client: PoolClient,
  rootKeyId: string,
): Promise<{ tenantId: string; certifiedKeyId: string } | undefined> {
  const { rows } = await client.query<{ tenant_id: string; root_key_id: string; statement: string }>(
    `SELECT tenant_id, root_key_id, hub_key_certificate->>'statement' AS statement FROM tenant ORDER BY created_at`,
  );
  const row = rows.find((tenant) => tenant.root_key_id === rootKeyId);
  if (row !== undefined) {
    const { key_id } = z.object({ key_id: z.string() }).parse(JSON.parse(row.statement));
    return { tenantId: row.tenant_id, certifiedKeyId: key_id };
  }
  if (rows.length === 0) return undefined;
  throw new AppError(
    'key_wrong',
    'The file root-key in the data folder is not that of the tenant in the database.',
  );
}

async function createTenant(
  client: PoolClient,
  { keys, ports }: { keys: Keys; ports: Pick<Ports, 'clock' | 'random'> },
): Promise<string> {
  const tenantId = uuidV7(ports);
  const nowMs = ports.clock.nowMs();
  await client.query(
    `INSERT INTO tenant (tenant_id, name, root_key_id, root_public_key, hub_key_certificate, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      tenantId,
      DEFAULT_TENANT_NAME,
      keys.rootKey.keyId,
      Buffer.from(keys.rootKey.publicKey),
      certify({ keys, tenantId, nowMs }),
      new Date(nowMs),
    ],
  );
  return tenantId;
}

/** The root key's word for the hub key. */
function certify({ keys, tenantId, nowMs }: { keys: Keys; tenantId: string; nowMs: number }): KeyCertificate {
  const { rootKey, hubKey } = keys;
  const statement = canonicalJson(
    KeyStatement.parse({
      v: 1,
      purpose: 'hub',
      tenant_id: tenantId,
      key_id: hubKey.keyId,
      public_key: toBase64Url(hubKey.publicKey),
      issued_at: new Date(nowMs).toISOString(),
    }),
  );
  return { statement, signature: toBase64Url(rootKey.sign(Buffer.from(statement))) };
}
