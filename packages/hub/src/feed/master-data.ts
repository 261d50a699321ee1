/**
 * The operator's side of the feed: articles and staff. Each change is one transaction; the edges see it with their
 * next page.
 */
import { AppError } from '@holdfast/base';
import type { CatalogueItem, FeedCollection, StaffMember } from '@holdfast/protocol';
import type { Pool } from 'pg';
import { locationOfStore } from '../identity/locations.ts';
import { transact } from '../store/transact.ts';
import { locationScope, tenantScope } from './scopes.ts';
import { writeFeed } from './write-feed.ts';

/** Who a change is for: a tenant, or one of its stores. */
export type Audience = { tenantId: string; storeId: string | undefined };

/** Sets one article or person. Throws AppError `not_found` for an unknown store. */
export async function putItem(
  pool: Pool,
  input: Audience & {
    item:
      | { collection: 'catalogue'; key: string; value: CatalogueItem }
      | { collection: 'staff'; key: string; value: StaffMember };
  },
): Promise<void> {
  const scope = await scopeOf(pool, input);
  await transact(pool, (client) =>
    writeFeed(client, { tenantId: input.tenantId, writes: [{ scope, ...input.item }] }),
  );
}

/** Removes one article or person. Throws AppError `not_found` when the audience has none of that key. */
export async function removeItem(
  pool: Pool,
  input: Audience & { collection: FeedCollection; key: string },
): Promise<void> {
  const { tenantId, collection, key } = input;
  const scope = await scopeOf(pool, input);
  await transact(pool, async (client) => {
    const { rowCount } = await client.query(
      `SELECT FROM feed_item
       WHERE tenant_id = $1 AND scope = $2 AND collection = $3 AND key = $4 AND value IS NOT NULL`,
      [tenantId, scope, collection, key],
    );
    if (rowCount === 0) throw new AppError('not_found', `There is no ${key} here.`);
    await writeFeed(client, { tenantId, writes: [{ scope, collection, key, value: null }] });
  });
}

async function scopeOf(pool: Pool, { tenantId, storeId }: Audience): Promise<string> {
  if (storeId === undefined) return tenantScope(tenantId);
  const location = await locationOfStore(pool, { tenantId, storeId });
  if (location === undefined) throw new AppError('not_found', `There is no store ${storeId}.`);
  return locationScope(location.location_id);
}
