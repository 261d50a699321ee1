/** The generation of the hub: one life of its database. A restored one gets a new generation. */
import { must } from '@holdfast/base';
import type { Pool, PoolClient } from 'pg';

/** The generation, as the given connection sees it. */
export async function readGeneration(database: Pool | PoolClient): Promise<string> {
  const { rows } = await database.query<{ value: string }>(
    `SELECT value FROM hub_meta WHERE key = 'generation'`,
  );
  return must(rows[0], 'an open hub has a generation').value;
}
