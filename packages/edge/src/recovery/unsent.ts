/**
 * Sales that would be in nobody's books once a store is put aside: not acked, and not in what takes its place. They are
 * counted before, so that whoever restores is told of them while there is a way back.
 */
import { existsSync } from 'node:fs';
import { type Db, openWhole, type StoreKey } from '../store/open.ts';

/** The operations of a store that wait for the hub; undefined when it cannot be read, as when it is lost or damaged. */
export function readUnsent(at: StoreKey): Buffer[] | undefined {
  if (!existsSync(at.path)) return undefined;
  let db: Db | undefined;
  try {
    db = openWhole(at);
    const select = db.prepare('SELECT op_id FROM edge_transactions WHERE synced_at IS NULL').pluck();
    return select.all() as Buffer[]; // A BLOB column.
  } catch {
    return undefined; // Why it does not open is not asked here; it is being replaced for that.
  } finally {
    db?.close();
  }
}

/** How many of these operations a store does not hold. */
export function countMissing(db: Db, opIds: readonly Buffer[]): number {
  const has = db.prepare('SELECT 1 FROM edge_transactions WHERE op_id = ?');
  return opIds.filter((opId) => has.get(opId) === undefined).length;
}
