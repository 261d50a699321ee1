/** A database that was put back begins another life. */
import { type Random, randomId } from '@holdfast/base';
import type { Pool } from 'pg';
import { transact } from '../store/transact.ts';

/** A new generation; claim tokens that nobody had used are void, for they may have been used since. */
export async function beginLife(pool: Pool, random: Random): Promise<{ generation: string; claims: number }> {
  const generation = randomId(random);
  return transact(pool, async (client) => {
    await client.query(
      `INSERT INTO hub_meta VALUES ('generation', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      [generation],
    );
    const { rowCount } = await client.query('DELETE FROM claim WHERE used_by IS NULL');
    return { generation, claims: rowCount ?? 0 };
  });
}
