import { systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, withTestDatabase } from '../postgres/testing.ts';
import { migrate } from '../store/migrate.ts';
import { openPool } from '../store/pool.ts';
import { examineLedger } from './examine-ledger.ts';

const NOW_MS = systemPorts.clock.nowMs();

let database: TestDatabase;
let pool: Pool;
beforeEach(async () => {
  database = await withTestDatabase({ migrated: false });
  const logger = createLogger({ level: 'silent', service: 'test' });
  pool = await openPool({ databaseUrl: database.url, connectionsMax: 2, ports: systemPorts, logger });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

describe('the database of a hub', () => {
  it('is told when it is empty', async () => {
    expect(await examineLedger(pool, NOW_MS)).toEqual([
      expect.objectContaining({ check: 'database', state: 'warning', advice: 'holdfast hub start' }),
    ]);
  });

  it('is told when a newer program has written it', async () => {
    await migrate(pool, systemPorts.clock);
    await pool.query("INSERT INTO hub_migration VALUES (999, 'later', $1)", [new Date(NOW_MS)]);
    const [finding] = await examineLedger(pool, NOW_MS);
    expect(finding?.state).toBe('bad');
    expect(finding?.advice).toBe('Use the newer program.');
  });
});
