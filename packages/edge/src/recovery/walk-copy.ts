/** Walks a copy of a store before anything relies on it: a backup, a restore and a new key all begin with one. */
import type { AppError } from '@holdfast/base';
import { openCopy, type StoreKey } from '../store/open.ts';
import { checkStore, type StoreSummary } from './check-store.ts';

/** What the copy holds, which nobody else has open. Throws what `refusal` makes of the reason when it is not sound. */
export function walkCopy(copy: StoreKey, refusal: (reason: string) => AppError): StoreSummary {
  const db = openCopy(copy);
  try {
    const verdict = checkStore(db);
    if (verdict.kind === 'sound') return verdict.summary;
    throw refusal(verdict.reason);
  } finally {
    db.close();
  }
}
