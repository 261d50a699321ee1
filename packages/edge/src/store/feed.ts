/** What the feed brought: articles and people. A location's row stands before the tenant's of the same key. */
import type { CatalogueItem, StaffMember } from '@holdfast/protocol';
import type { Db } from './open.ts';

/** The articles, one a sku, in their places on the shelf; those without a place come last, by sku. */
export function readCatalogue(db: Db): CatalogueItem[] {
  const items = nearest<CatalogueItem>(
    db,
    'SELECT sku AS key, value FROM catalogue_item ORDER BY sku, scope',
  );
  const placeOf = (item: CatalogueItem) => item.position ?? Number.MAX_SAFE_INTEGER;
  return items.sort((a, b) => placeOf(a) - placeOf(b));
}

/** The people, one a staff_id. */
export function readStaff(db: Db): StaffMember[] {
  return nearest<StaffMember>(db, 'SELECT staff_id AS key, value FROM staff ORDER BY staff_id, scope');
}

/** How many articles and people there are; cheap enough to ask every second. */
export function countFeed(db: Db): { catalogue_items: number; staff: number } {
  const count = (column: string, table: string) =>
    Number(db.prepare(`SELECT count(DISTINCT ${column}) FROM ${table}`).pluck().get());
  return { catalogue_items: count('sku', 'catalogue_item'), staff: count('staff_id', 'staff') };
}

/** Scopes sort `location:…` before `tenant:…`, so the first row of a key is the nearest. */
function nearest<T>(db: Db, sql: string): T[] {
  const byKey = new Map<string, T>();
  for (const row of db.prepare(sql).all() as { key: string; value: string }[]) // The columns of both statements.
    if (!byKey.has(row.key)) byKey.set(row.key, JSON.parse(row.value));
  return [...byKey.values()];
}
