/**
 * Places where a payment may rest: a till that works in steps looks at the card before it goes on, and may know the
 * amount only then. A kernel rests nowhere unless its setting asks for it.
 */
import { TVR } from '../bits.ts';
import { writeCvmResults } from '../cvm-results.ts';
import { ask, type Flow } from './dialogue.ts';
import type { CardIdentity, Outcome } from './outcome.ts';
import type { Payment } from './profile.ts';
import type { Transaction } from './transaction.ts';
import { isVerifiedAlike } from './verify-holder.ts';

/** `read`: the card's data are there. `examined`: it was authenticated and held against its restrictions. `verified`: so was its holder. */
export type Stage = 'read' | 'examined' | 'verified';

/** What is known at a checkpoint. Byte fields are those of their tags. */
export type Progress = {
  stage: Stage;
  /** At `read` alone; the card data are the receiver's to wipe. */
  card: CardIdentity | undefined;
  tvr: Uint8Array;
  cvmResults: Uint8Array;
  isSignatureRequired: boolean;
};

/**
 * What may become known of a payment while it rests; the card hears of it with the next list that asks for it. The amount
 * of a tap was given to the card with its processing options, and that of a payment by contact decides how the holder is
 * verified: another one afterwards ends the payment as `amount_changed`, unless the holder would be verified by the same
 * rules for it.
 */
export type PaymentChanges = Partial<Pick<Payment, 'amount' | 'isForcedOnline'>>;

/** Rests if it was asked to; an outcome if what has changed cannot be taken any more. */
export function* rest(tx: Transaction, stage: Stage): Flow<Outcome | undefined> {
  if (tx.setting.restsAtCheckpoints !== true) return undefined;
  const answer = yield* ask({
    ask: 'checkpoint',
    progress: {
      stage,
      card: stage === 'read' ? tx.identity() : undefined,
      tvr: TVR.write(tx.tvr),
      cvmResults: writeCvmResults(tx.cvmResults),
      isSignatureRequired: tx.isSignatureRequired,
    },
  });
  const { amount: before } = tx.setting.payment;
  const { amount = before } = answer.changes;
  const isBound = tx.isTap || (stage === 'verified' && !isVerifiedAlike(tx, amount));
  if (isBound && amount !== before) return tx.terminated('amount_changed');
  tx.changePayment(answer.changes);
  return undefined;
}
