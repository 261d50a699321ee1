/** The rows of a PostgreSQL server: of every table of every schema of every database, its own catalogue included. */
import pg from 'pg';
import { query, withDatabase } from '../../support/postgres.ts';
import { joined, type Row } from './store-rows.ts';

type Table = { schema_name: string; table_name: string };

const TABLES = `SELECT n.nspname AS schema_name, c.relname AS table_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') ORDER BY 1, 2`;
const LARGE_OBJECTS = 'SELECT oid, lo_get(oid) FROM pg_largeobject_metadata';
const HEX = /\\\\?x((?:[0-9a-f]{2})+)/g;

/** Every row that a superuser can read; bytes are given as such, wherever they are within a value. */
export async function* rowsOfPostgres(url: string): AsyncGenerator<Row> {
  const databases = await query<{ datname: string }>(
    url,
    'SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname',
  );
  for (const { datname } of databases) {
    const client = new pg.Client({ connectionString: withDatabase(url, datname) });
    await client.connect();
    try {
      const { rows } = await client.query<Table>(TABLES);
      for (const { schema_name, table_name } of rows) {
        const name = `${schema_name}.${table_name}`;
        yield* rowsFrom(
          client,
          `SELECT * FROM "${schema_name}"."${table_name}"`,
          `${datname}, table ${name}`,
        );
      }
      yield* rowsFrom(client, LARGE_OBJECTS, `${datname}, large objects`);
    } finally {
      await client.end();
    }
  }
}

async function* rowsFrom(client: pg.Client, sql: string, name: string): AsyncGenerator<Row> {
  const asText = { getTypeParser: () => (value: string) => value };
  const { rows } = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: asText });
  for (const [index, row] of rows.entries())
    yield { part: `${name}, row ${index + 1}`, bytes: joined(row.map((value) => bytesOf(value ?? ''))) };
}

/** The text of a value as the server writes it, and the bytes that it shows in hexadecimal digits. */
function bytesOf(text: string): Buffer {
  const shown = [...text.matchAll(HEX)].map(([, digits = '']) => Buffer.from(digits, 'hex'));
  return joined([Buffer.from(text), ...shown]);
}
