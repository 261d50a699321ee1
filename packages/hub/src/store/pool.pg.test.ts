import { connect, createServer } from 'node:net';
import { isAppError, must, systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, withTestDatabase } from '../postgres/testing.ts';
import { mapPostgresError } from './map-postgres-error.ts';
import { openPool } from './pool.ts';
import { transact } from './transact.ts';

const logger = createLogger({ level: 'silent', service: 'test' });
const options = { connectionsMax: 4, ports: systemPorts, logger, withinMs: 300 };
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await withTestDatabase({ migrated: false });
  pool = await openPool({ ...options, databaseUrl: database.url });
  await pool.query('CREATE TABLE counter (id integer PRIMARY KEY, n bigint NOT NULL)');
  await pool.query('INSERT INTO counter VALUES (1, 0), (2, 0)');
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('openPool', () => {
  test('names the server and never the password when it cannot be reached', async () => {
    const closed = new URL(database.url);
    closed.port = '1';
    const failure = await openPool({ ...options, databaseUrl: closed.href }).catch((error) => error);
    expect(isAppError(failure, 'postgres_unreachable')).toBe(true);
    expect(failure.message).toBe('PostgreSQL at 127.0.0.1:1 cannot be reached: ECONNREFUSED');
    expect(failure.message).not.toContain(closed.password);
  });

  test('does not wait for a wrong password to become right', async () => {
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    const failure = await openPool({ ...options, withinMs: 60_000, databaseUrl: wrong.href }).catch(
      (error) => error,
    );
    expect(isAppError(failure, 'postgres_unreachable')).toBe(true);
  });

  test('gives up on a server that speaks another protocol', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const listening = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', listening.resolve);
    await listening.promise;
    const address = server.address();
    const port = typeof address === 'object' ? must(address, 'it listens').port : 0;
    const failure = await openPool({ ...options, databaseUrl: `postgres://a:b@127.0.0.1:${port}/c` }).catch(
      (error) => error,
    );
    server.close();
    expect(isAppError(failure, 'postgres_unreachable')).toBe(true);
  });

  test('refuses a server that is too old', async () => {
    const { rows } = await pool.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    const real = must(rows[0], 'a setting has a value').version;
    const at = new URL(database.url);
    const realPort = Number(at.port);
    // The real server, but for its version: the same number of digits, so that the lengths of its messages hold.
    const older = createServer((socket) => {
      const server = connect(realPort, at.hostname);
      socket.pipe(server).on('error', () => socket.destroy());
      server.on('data', (data) => socket.write(data.toString('latin1').replaceAll(real, '140022'), 'latin1'));
      server.on('end', () => socket.end());
      socket.on('error', () => server.destroy());
    });
    await new Promise<void>((resolve) => older.listen(0, '127.0.0.1', resolve));
    const address = older.address();
    at.port = String(typeof address === 'object' ? must(address, 'it listens').port : 0);
    const failure = await openPool({ ...options, databaseUrl: at.href }).catch((error) => error);
    older.close();
    expect(failure).toMatchObject({ code: 'postgres_too_old' });
    expect(failure.message).toContain('14');
  });

  test('survives that its connections are cut, idle or at work', async () => {
    // A pool of its own: a connection that was cut is noticed a moment later, which the next test must not see.
    const cutPool = await openPool({ ...options, databaseUrl: database.url });
    const others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
    const working = transact(cutPool, (client) => client.query('SELECT pg_sleep(60) AS is_working')).catch(
      (error) => error,
    );
    const isWorking = async () => {
      const { rowCount } = await pool.query(
        `SELECT ${others} AND query LIKE '%is_working' AND state = 'active'`,
      );
      return rowCount !== 0;
    };
    while (!(await isWorking())) await systemPorts.timers.sleep(10);
    await pool.query(`SELECT pg_terminate_backend(pid) ${others}`);
    expect(isAppError(await working, 'hub_unavailable')).toBe(true);
    for (;;) {
      const rows = await cutPool.query('SELECT 9007199254740993::int8 AS big').then(
        (result) => result.rows,
        () => undefined,
      );
      if (rows) {
        expect(rows).toEqual([{ big: 9_007_199_254_740_993n }]);
        break;
      }
    }
    await cutPool.end();
  });
});

describe('transact', () => {
  test('says of a COMMIT that failed that it did', async () => {
    await pool.query('CREATE TABLE once (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    const twice = transact(pool, (client) => client.query('INSERT INTO once VALUES (1), (1)'));
    await expect(twice).rejects.toMatchObject({ code: '23505' });
    const swallowed = transact(pool, async (client) => {
      await client.query('INSERT INTO once VALUES (2)');
      await client.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('a failed statement inside the transaction');
    expect((await pool.query('SELECT n FROM once')).rows).toEqual([]);
  });

  test('rolls back what throws, and gives the error on', async () => {
    const failure = new Error('no');
    const attempt = transact(pool, async (client) => {
      await client.query('UPDATE counter SET n = 99');
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    const { rows } = await pool.query('SELECT sum(n)::int AS n FROM counter');
    expect(rows).toEqual([{ n: 0 }]);
  });

  test('survives a deadlock by running again', async () => {
    const both = (first: number, second: number) =>
      transact(pool, async (client) => {
        await client.query('UPDATE counter SET n = n + 1 WHERE id = $1', [first]);
        await systemPorts.timers.sleep(50);
        await client.query('UPDATE counter SET n = n + 1 WHERE id = $1', [second]);
      });
    await Promise.all([both(1, 2), both(2, 1)]);
    const { rows } = await pool.query('SELECT n FROM counter ORDER BY id');
    expect(rows).toEqual([{ n: 2n }, { n: 2n }]);
  });

  test('a snapshot sees one moment and writes nothing', async () => {
    await transact(
      pool,
      async (client) => {
        const before = await client.query('SELECT n FROM counter WHERE id = 1');
        await pool.query('UPDATE counter SET n = n + 1 WHERE id = 1');
        const after = await client.query('SELECT n FROM counter WHERE id = 1');
        expect(after.rows).toEqual(before.rows);
      },
      'snapshot',
    );
    const write = transact(pool, (client) => client.query('DELETE FROM counter'), 'snapshot');
    await expect(write).rejects.toMatchObject({ code: '25006' });
  });
});

test('mapPostgresError leaves defects as they are', () => {
  const defect = Object.assign(new Error('column does not exist'), { code: '42703' });
  expect(mapPostgresError(defect)).toBe(defect);
  const locked = Object.assign(new Error('password authentication failed'), { code: '28P01' });
  expect(isAppError(mapPostgresError(locked), 'hub_unavailable')).toBe(true);
  const stopping = Object.assign(new Error('terminating'), { code: '57P01' });
  expect(isAppError(mapPostgresError(stopping), 'hub_unavailable')).toBe(true);
});
