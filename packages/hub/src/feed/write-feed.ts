/**
 * Writing to the feed. The counter of a scope is locked by the writing transaction until it commits, so versions are
 * gapless and in commit order: a reader that has seen version n has seen everything up to n. A hash of each write and
 * all before it tells what a reader has seen from what is here, should the database have been put back. Call this last in
 * a transaction, for it keeps every other writer of the scope waiting.
 */
import { must } from '@holdfast/base';
import type { CatalogueItem, FeedCollection, StaffMember } from '@holdfast/protocol';
import type { PoolClient } from 'pg';

/** One change to make; `value` null removes the key. */
export type FeedWrite = {
  scope: string;
  collection: FeedCollection;
  key: string;
  value: CatalogueItem | StaffMember | null;
};

/** Writes the changes, in the order given within each scope. Visible to readers when the transaction commits. */
export async function writeFeed(
  client: PoolClient,
  { tenantId, writes }: { tenantId: string; writes: readonly FeedWrite[] },
): Promise<void> {
  const byScope = Map.groupBy(lastOfEachKey(writes), (write) => write.scope);
  for (const scope of [...byScope.keys()].sort()) {
    const changes = must(byScope.get(scope), 'the scope was just listed');
    const { rows } = await client.query<{ version: string }>(
      `INSERT INTO scope_version (tenant_id, scope, version) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, scope) DO UPDATE SET version = scope_version.version + excluded.version
       RETURNING version::text AS version`,
      [tenantId, scope, changes.length],
    );
    const reached = Number(must(rows[0], 'an upsert returns its row').version);
    await client.query(
      `INSERT INTO feed_item (tenant_id, scope, collection, key, version, value)
       SELECT $1, $2, collection, key, $3::bigint + place, value::jsonb
       FROM unnest($4::text[], $5::text[], $6::text[]) WITH ORDINALITY AS item (collection, key, value, place)
       ON CONFLICT (tenant_id, scope, collection, key)
       DO UPDATE SET version = excluded.version, value = excluded.value`,
      [
        tenantId,
        scope,
        reached - changes.length,
        changes.map((change) => change.collection),
        changes.map((change) => change.key),
        changes.map((change) => (change.value === null ? null : JSON.stringify(change.value))),
      ],
    );
    await client.query(
      `INSERT INTO feed_write (tenant_id, scope, version, hash)
       SELECT $1, $2, $3, sha256(coalesce((SELECT hash FROM feed_write WHERE tenant_id = $1 AND scope = $2
         ORDER BY version DESC LIMIT 1), '') || $4::bytea)`,
      [tenantId, scope, reached, Buffer.from(JSON.stringify(changes))],
    );
  }
}

/** One statement cannot write a row twice; of two changes to one key the later stands. */
function lastOfEachKey(writes: readonly FeedWrite[]): FeedWrite[] {
  const last = new Map<string, FeedWrite>();
  for (const write of writes) {
    const name = JSON.stringify([write.scope, write.collection, write.key]);
    last.delete(name);
    last.set(name, write);
  }
  return [...last.values()];
}
