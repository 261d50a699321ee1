import { type Clock, isAppError, LIMITS, systemPorts, uuidV7 } from '@holdfast/base';
import { generateSigningKey } from '@holdfast/crypto';
import { KeyStatement } from '@holdfast/protocol';
import { createLogger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, withTestDatabase } from '../postgres/testing.ts';
import { openPool } from '../store/pool.ts';
import { transact } from '../store/transact.ts';
import { createDeviceDirectory } from './device-directory.ts';
import { deleteExpiredNonces, useNonce } from './nonces.ts';
import { ensureTenant } from './tenant.ts';

let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await withTestDatabase();
  const logger = createLogger({ level: 'silent', service: 'test' });
  pool = await openPool({ databaseUrl: database.url, connectionsMax: 10, ports: systemPorts, logger });
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

describe('a nonce', () => {
  const use = (nonce: string, nowMs: number) =>
    transact(pool, (client) => useNonce(client, { nonce, nowMs }));

  test('is used once, also by many at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => use('n', 0)));
    const refused = tries.filter(
      (each) => each.status === 'rejected' && isAppError(each.reason, 'nonce_used'),
    );
    expect(refused).toHaveLength(7);
  });

  test('is kept until it can be good no more', async () => {
    await use('old', 0);
    await use('new', LIMITS.nonceAgeMs);
    expect(await deleteExpiredNonces(pool, 2 * LIMITS.nonceAgeMs)).toBe(0);
    expect(await deleteExpiredNonces(pool, 2 * LIMITS.nonceAgeMs + 1)).toBe(1);
    await expect(use('new', LIMITS.nonceAgeMs)).rejects.toMatchObject({ code: 'nonce_used' });
  });
});

describe('the directory of devices', () => {
  const key = generateSigningKey();
  let nowMs: number;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };

  beforeEach(async () => {
    nowMs = 0;
    const [tenant, location, device] = [uuidV7(systemPorts), uuidV7(systemPorts), uuidV7(systemPorts)];
    await pool.query(`INSERT INTO device VALUES ($1, $2, $3, 'Till', 'pos', 'active', '1', $4)`, [
      tenant,
      location,
      device,
      new Date(0),
    ]);
    await pool.query('INSERT INTO device_key VALUES ($1, $2, $3, $4, $5)', [
      tenant,
      device,
      key.keyId,
      Buffer.from(key.publicKey),
      new Date(0),
    ]);
  });

  test('keeps a device for a second, and forgets it when told', async () => {
    const directory = createDeviceDirectory({ pool, clock });
    expect(await directory.find(key.keyId)).toMatchObject({ state: 'active' });
    await pool.query(`UPDATE device SET state = 'revoked'`);
    nowMs = 999;
    expect(await directory.find(key.keyId)).toMatchObject({ state: 'active' });
    nowMs = 1_000;
    expect(await directory.find(key.keyId)).toMatchObject({ state: 'revoked' });
    await pool.query(`UPDATE device SET state = 'active'`);
    directory.forget();
    expect(await directory.find(key.keyId)).toMatchObject({ state: 'active' });
  });

  test('does not know keys that nobody has, or has no more', async () => {
    const directory = createDeviceDirectory({ pool, clock });
    expect(await directory.find(generateSigningKey().keyId)).toBeUndefined();
    await pool.query('UPDATE device_key SET retired_at = $1', [new Date(0)]);
    expect(await directory.find(key.keyId)).toBeUndefined();
  });
});

describe('the tenant', () => {
  const rootKey = generateSigningKey();

  test('is made once, by however many hubs, and certifies the present hub key', async () => {
    const keys = { rootKey, hubKey: generateSigningKey() };
    const ids = await Promise.all(
      Array.from({ length: 4 }, () => ensureTenant(pool, { keys, ports: systemPorts })),
    );
    expect(new Set(ids).size).toBe(1);
    const renewed = { rootKey, hubKey: generateSigningKey() };
    expect(await ensureTenant(pool, { keys: renewed, ports: systemPorts })).toBe(ids[0]);
    const { rows } = await pool.query<{ certificate: { statement: string } }>(
      'SELECT hub_key_certificate AS certificate FROM tenant',
    );
    expect(rows).toHaveLength(1);
    const statement = KeyStatement.parse(JSON.parse(rows[0]?.certificate.statement ?? ''));
    expect(statement).toMatchObject({ key_id: renewed.hubKey.keyId, tenant_id: ids[0] });
  });

  test('of another root key is not taken over', async () => {
    await ensureTenant(pool, { keys: { rootKey, hubKey: generateSigningKey() }, ports: systemPorts });
    const foreign = { rootKey: generateSigningKey(), hubKey: generateSigningKey() };
    await expect(ensureTenant(pool, { keys: foreign, ports: systemPorts })).rejects.toMatchObject({
      code: 'key_wrong',
    });
  });
});
