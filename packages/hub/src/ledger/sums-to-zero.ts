/** The one thing that holds of any ledger, whatever is in it. */
import type { Pool, PoolClient } from 'pg';

/** True when the postings of every tenant sum to zero in every currency. */
export async function sumsToZero(client: Pool | PoolClient): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM posting GROUP BY tenant_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1',
  );
  return rowCount === 0;
}
