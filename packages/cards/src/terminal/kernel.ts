/**
 * A payment with a chip by contact, from choosing the application to the last cryptogram: the phases of EMV Book 3
 * section 10 in their order. Each phase either hands on to the next or ends the payment; the issuer comes last.
 */
import { authenticate } from './kernel/authenticate.ts';
import { rest } from './kernel/checkpoint.ts';
import { goOnline, requestFirstCryptogram } from './kernel/cryptogram-phases.ts';
import type { Flow } from './kernel/dialogue.ts';
import { openApplication } from './kernel/initiate.ts';
import { applyRestrictions, manageRisk } from './kernel/manage-risk.ts';
import type { Outcome } from './kernel/outcome.ts';
import type { KernelSetting } from './kernel/profile.ts';
import { isComplete, readRecords } from './kernel/read-records.ts';
import { createSession, type Kernel } from './kernel/session.ts';
import { Transaction } from './kernel/transaction.ts';
import { verifyHolder } from './kernel/verify-holder.ts';

type Phase = (tx: Transaction) => Flow<Outcome | undefined>;

/** Without these no payment is possible (Book 3 7.2): number, expiration date, both lists of GENERATE AC. */
const MANDATORY = ['5A', '5F24', '8C', '8D'] as const;

const PHASES: readonly Phase[] = [
  openApplication,
  readData,
  authenticate,
  restrictAndVerify,
  manageRisk,
  requestFirstCryptogram,
];

/** A kernel for one payment by contact. The outcome's card data are the caller's to wipe. */
export function createContactKernel(setting: KernelSetting): Kernel {
  const tx = new Transaction(setting);
  return createSession(tx, runPhases(tx));
}

function* runPhases(tx: Transaction): Flow<Outcome> {
  for (const phase of PHASES) {
    const outcome = yield* phase(tx);
    if (outcome !== undefined) return outcome;
  }
  return yield* goOnline(tx);
}

function* readData(tx: Transaction): Flow<Outcome | undefined> {
  const failed = yield* readRecords(tx);
  if (failed !== undefined) return failed;
  return isComplete(tx, MANDATORY) ? yield* rest(tx, 'read') : tx.terminated('card_error');
}

function* restrictAndVerify(tx: Transaction): Flow<Outcome | undefined> {
  applyRestrictions(tx);
  return (yield* rest(tx, 'examined')) ?? (yield* verifyHolder(tx)) ?? (yield* rest(tx, 'verified'));
}
