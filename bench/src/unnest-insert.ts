/**
 * The reference of the drain: the rows that the hub has just stored, inserted once more by the plainest statement that
 * can do it, into a table that has nothing but its primary key.
 */
import type { Client } from 'pg';

/** What an entry is made of. */
export type EntryRow = { seq: string; header: string; body: string; hash: Buffer };

/** Rows of one statement and one commit: the largest batch an edge sends. */
const BATCH_ROWS = 2_000;

const TABLE = 'bench_entry';

/** Makes the table; it is in no use but this. */
export async function createReferenceTable(client: Client): Promise<void> {
  await client.query(
    `CREATE TABLE ${TABLE} (seq bigint PRIMARY KEY, header text NOT NULL, body text NOT NULL, hash bytea NOT NULL)`,
  );
}

/** The newest `count` entries in the hub's database, in order. */
export async function readNewestEntries(client: Client, count: number): Promise<EntryRow[]> {
  const { rows } = await client.query<EntryRow>(
    `SELECT seq::text, convert_from(header, 'UTF8') AS header, convert_from(body, 'UTF8') AS body, hash
      FROM entry WHERE lane = 'transactions' ORDER BY seq DESC LIMIT $1`,
    [count],
  );
  return rows.reverse();
}

/** Inserts the rows into the emptied table and resolves with the milliseconds that took. */
export async function insertBare(client: Client, rows: readonly EntryRow[]): Promise<number> {
  await client.query(`TRUNCATE ${TABLE}`);
  const startedMs = performance.now();
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const batch = rows.slice(from, from + BATCH_ROWS);
    await client.query({
      name: 'bench-insert',
      text: `INSERT INTO ${TABLE} SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[])`,
      values: [
        batch.map((row) => row.seq),
        batch.map((row) => row.header),
        batch.map((row) => row.body),
        batch.map((row) => row.hash),
      ],
    });
  }
  return performance.now() - startedMs;
}
