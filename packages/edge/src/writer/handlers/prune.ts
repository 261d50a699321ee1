/** Prunes a piece at a time, so that the sales beside it in a commit wait for little. */
import { findPrunable, pruneTo } from '../../store/pruning.ts';
import type { PruneCommand, Results } from '../commands.ts';
import type { Transaction } from '../transaction.ts';

/** Removes the next piece that may go; `pruned` is 0 when there is none. */
export function prune(tx: Transaction, command: PruneCommand): Results['prune'] {
  const limits = { includes: command.includes, beforeMs: command.before_ms, nowMs: tx.nowMs };
  const point = findPrunable(tx.db, limits);
  return { pruned: point ? pruneTo(tx.db, point) : 0 };
}
