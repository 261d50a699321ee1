import { pipeline } from 'node:stream/promises';
import { systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, withTestDatabase } from '../postgres/testing.ts';
import { copyIn, copyOut } from './copy.ts';
import { openPool } from './pool.ts';
import { transact } from './transact.ts';

const logger = createLogger({ level: 'silent', service: 'test' });
let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await withTestDatabase({ migrated: false });
  pool = await openPool({ databaseUrl: database.url, connectionsMax: 4, ports: systemPorts, logger });
  await pool.query('CREATE TABLE line (n integer PRIMARY KEY, text text NOT NULL)');
  await pool.query('CREATE TABLE copied (n integer PRIMARY KEY, text text NOT NULL)');
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

const fill = (count: number) =>
  pool.query(
    `INSERT INTO line SELECT n, 'line ' || n || E'\\n\\ttab \\\\ ' || repeat('x', 300) FROM generate_series(1, $1) AS n`,
    [count],
  );
const OUT = 'COPY (SELECT * FROM line ORDER BY n) TO STDOUT';
const IN = 'COPY copied FROM STDIN';

describe('COPY', () => {
  test('carries more than every buffer holds, out and in at once, to the byte', async () => {
    await fill(50_000);
    await transact(pool, (reader) => transact(pool, (writer) => copyIn(writer, IN, copyOut(reader, OUT))));
    const { rowCount } = await pool.query('SELECT * FROM line EXCEPT SELECT * FROM copied');
    const { rows } = await pool.query('SELECT count(*) AS n FROM copied');
    expect([rowCount, rows[0]?.n]).toEqual([0, 50_000n]);
  });

  test('of no rows is no rows, and the connection goes on', async () => {
    await transact(pool, async (client) => {
      await transact(pool, (reader) => copyIn(client, IN, copyOut(reader, OUT)));
      expect((await client.query('SELECT count(*) AS n FROM copied')).rows).toEqual([{ n: 0n }]);
    });
  });

  test('keeps nothing when its rows fail, and throws what they threw', async () => {
    async function* failing() {
      yield Buffer.from('1\tone\n');
      throw new Error('the disk is gone');
    }
    await expect(transact(pool, (client) => copyIn(client, IN, failing()))).rejects.toThrow(
      'the disk is gone',
    );
    expect((await pool.query('SELECT FROM copied')).rowCount).toBe(0);
  });

  test('throws what the server says, while rows are still coming', async () => {
    async function* wrong() {
      for (;;) yield Buffer.from('one\tone\n'.repeat(10_000));
    }
    await expect(transact(pool, (client) => copyIn(client, IN, wrong()))).rejects.toMatchObject({
      code: '22P02',
    });
    await expect(
      transact(pool, (client) => drained(copyOut(client, 'COPY nothing TO STDOUT'))),
    ).rejects.toMatchObject({
      code: '42P01',
    });
  });

  test('that is given up ends its connection, and the pool has another', async () => {
    await fill(50_000);
    const giveUp = transact(pool, (client) =>
      pipeline(copyOut(client, OUT), async (source: AsyncIterable<Uint8Array>) => {
        for await (const _ of source) throw new Error('no room');
      }),
    );
    await expect(giveUp).rejects.toThrow('no room');
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});

async function drained(source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of source);
}
