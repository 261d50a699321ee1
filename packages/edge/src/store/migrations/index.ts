/** The schema's versions, oldest first. A released migration is never edited; the number is its place in the list. */
import { AppError } from '@holdfast/base';
import type { Db } from '../open.ts';
import { sql as first } from './001-first.ts';
import { sql as pendingAndLocks } from './002-pending-and-locks.ts';
import { sql as history } from './003-history.ts';
import { sql as feedSnapshot } from './004-feed-snapshot.ts';
import { sql as pruning } from './005-pruning.ts';
import { sql as workflows } from './006-workflows.ts';
import { sql as cardPayments } from './007-card-payments.ts';

const MIGRATIONS: readonly string[] = [
  first,
  pendingAndLocks,
  history,
  feedSnapshot,
  pruning,
  workflows,
  cardPayments,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the schema to `target` (the newest by default), one transaction a step. Refuses a newer store. */
export function migrate(db: Db, target: number = SCHEMA_VERSION): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION)
    throw new AppError(
      'store_too_new',
      `The store has schema ${version}; this version knows ${SCHEMA_VERSION}`,
    );
  for (const [index, sql] of MIGRATIONS.slice(0, target).entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}
