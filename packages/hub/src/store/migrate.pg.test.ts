import { isAppError, must, systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, withTestDatabase } from '../postgres/testing.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations/index.ts';
import { openPool } from './pool.ts';

const logger = createLogger({ level: 'silent', service: 'test' });
let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await withTestDatabase({ migrated: false });
  pool = await openPool({ databaseUrl: database.url, connectionsMax: 4, ports: systemPorts, logger });
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

describe('migrate', () => {
  test('makes the tables once, also when two hubs start together', async () => {
    await Promise.all([migrate(pool, systemPorts.clock), migrate(pool, systemPorts.clock)]);
    await migrate(pool, systemPorts.clock);
    const { rows } = await pool.query('SELECT version FROM hub_migration');
    expect(rows.map(({ version }) => version)).toEqual(MIGRATIONS.map(({ version }) => version));
  });

  test('keeps what waits in the quarantine of the first version', async () => {
    const [first] = MIGRATIONS;
    await pool.query(must(first, 'there is a first migration').sql);
    await pool.query(
      'CREATE TABLE hub_migration (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)',
    );
    await pool.query("INSERT INTO hub_migration VALUES (1, 'first tables', $1)", [new Date(0)]);
    const id = '00000000-0000-4000-8000-000000000000';
    await pool.query("INSERT INTO quarantine VALUES ($1, $1, $1, 'i', 'l', 1, $1, 'wrong_store', $2)", [
      id,
      new Date(0),
    ]);
    await migrate(pool, systemPorts.clock);
    const { rows } = await pool.query('SELECT reason, resolved_at, resolution, note FROM quarantine');
    expect(rows).toEqual([{ reason: 'wrong_store', resolved_at: null, resolution: null, note: null }]);
  });

  test('refuses a database that a newer program has written', async () => {
    await migrate(pool, systemPorts.clock);
    await pool.query("INSERT INTO hub_migration VALUES ($1, 'from the future', $2)", [
      SCHEMA_VERSION + 1,
      new Date(0),
    ]);
    const failure = await migrate(pool, systemPorts.clock).catch((error) => error);
    expect(isAppError(failure, 'store_too_new')).toBe(true);
  });
});

describe('the ledger', () => {
  const BOOK = `INSERT INTO posting SELECT gen_random_uuid(), gen_random_uuid(), no, line, 'cash_drawer', currency, amount
    FROM (VALUES (1, 1, 'SEK', 500), (1, 2, 'SEK', $1::integer), (2, 1, $2, 70), (2, 2, 'EUR', -70))
      AS p (no, line, currency, amount)`;

  beforeEach(() => migrate(pool, systemPorts.clock));

  test('takes postings that sum to zero per booking and currency', async () => {
    await pool.query(BOOK, [-500, 'EUR']);
    const { rows } = await pool.query('SELECT sum(amount_minor) AS sum, count(*) AS count FROM posting');
    expect(rows).toEqual([{ sum: '0', count: 4n }]);
  });

  test.each([
    [-499, 'EUR'],
    [-500, 'SEK'],
  ])('refuses postings that do not (%i, %s)', async (amount, currency) => {
    await expect(pool.query(BOOK, [amount, currency])).rejects.toMatchObject({ code: 'HF001' });
    const { rows } = await pool.query('SELECT count(*) AS count FROM posting');
    expect(rows).toEqual([{ count: 0n }]);
  });

  test.each([
    'UPDATE posting SET amount_minor = 0',
    'DELETE FROM posting',
    'TRUNCATE posting',
    'UPDATE posting_1 SET amount_minor = 0',
    'DELETE FROM posting_2',
    'TRUNCATE posting_3',
  ])('refuses: %s', async (statement) => {
    await pool.query(BOOK, [-500, 'EUR']);
    await expect(pool.query(statement)).rejects.toMatchObject({ code: 'HF002' });
  });

  test('refuses an unbalanced insert that names a partition', async () => {
    const location = '00000000-0000-4000-8000-000000000000';
    const attempts = [0, 1, 2, 3].map((part) =>
      pool.query(`INSERT INTO posting_${part} VALUES ($1, $1, 1, 1, 'sales', 'SEK', 5)`, [location]),
    );
    const results = await Promise.allSettled(attempts);
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'taken'));
    // The location belongs to one partition: there the sum is refused, elsewhere the row.
    expect(codes.sort()).toEqual(['23514', '23514', '23514', 'HF001']);
  });
});
