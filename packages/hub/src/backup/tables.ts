/** What of a database is backed up: every table but the record of migrations, and the sequences. */
import type { PoolClient } from 'pg';

/** A table in the order of its primary key, so that two copies of the same rows are the same bytes. */
export type TableToCopy = { table: string; columns: string[]; order: string[] };

/** Parts of a partitioned table come and go with it; the record of migrations is made when the tables are. */
const TABLES = `
  SELECT c.relname AS "table",
    ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
    ARRAY(SELECT quote_ident(a.attname) || CASE WHEN a.atttypid = 'text'::regtype THEN ' COLLATE "C"' ELSE '' END
      FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place) AS "order"
  FROM pg_class c
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname <> 'hub_migration'
  ORDER BY c.relname`;

/** The tables of the database, by name. */
export async function tablesToCopy(client: PoolClient): Promise<TableToCopy[]> {
  const { rows } = await client.query<TableToCopy>(TABLES);
  return rows;
}

/** Text of one kind, whatever the server and the session are set to. */
export const SETTINGS =
  "SET LOCAL TimeZone TO 'UTC'; SET LOCAL DateStyle TO 'ISO'; SET LOCAL bytea_output TO 'hex'";

/** The statement that gives the rows of a table, in its order. */
export function copyOutSql({ table, columns, order }: TableToCopy): string {
  return `COPY (SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order.join(', ')}) TO STDOUT`;
}

/** The statement that takes them. */
export function copyInSql({ table, columns }: Pick<TableToCopy, 'table' | 'columns'>): string {
  return `COPY ${table} (${columns.join(', ')}) FROM STDIN`;
}

/** Sequences with the last value each has given. */
export async function readSequences(client: PoolClient): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; value: bigint }>(
    `SELECT sequencename AS name, coalesce(last_value, 0) AS value FROM pg_sequences
     WHERE schemaname = current_schema() ORDER BY sequencename`,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, String(value)]));
}

/** Lets each sequence go on after its value. */
export async function setSequences(client: PoolClient, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    if (BigInt(value) > 0n) await client.query('SELECT setval($1::regclass, $2)', [name, value]);
  }
}
