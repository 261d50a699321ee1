/** Outcomes out of the state of a payment. */
import { assert, must } from '@holdfast/base';
import { TSI, TVR } from '../bits.ts';
import type { CryptogramType } from '../cryptogram-information.ts';
import { writeCvmResults } from '../cvm-results.ts';
import type { Evidence, Outcome } from './outcome.ts';
import type { Transaction } from './transaction.ts';

type Finished = Extract<Outcome, { kind: 'approved' | 'declined' }>;

/** What the answer of the card to the last GENERATE AC makes of the payment. */
export type Ending = {
  kind: 'approved' | 'declined';
  how: 'offline' | 'online';
  arc: string;
  cryptogramType: CryptogramType;
};

/** How the terminal declines by itself. */
export const DECLINED = { kind: 'declined', how: 'offline', arc: 'Z1' } as const;

/** The outcome; an approval of the issuer that the card did not confirm must be reversed. */
export function finish(tx: Transaction, ending: Ending): Finished {
  tx.setArc(ending.arc);
  const mustReverse = tx.isIssuerApprovalOpen && ending.kind === 'declined';
  tx.isIssuerApprovalOpen = false;
  return { kind: ending.kind, how: ending.how, evidence: evidenceOf(tx, ending), mustReverse };
}

/** The same outcome with what scripts changed after it. */
export function refreshed(tx: Transaction, outcome: Finished): Finished {
  return { ...outcome, evidence: { ...outcome.evidence, ...changing(tx) } };
}

function evidenceOf(tx: Transaction, { arc, cryptogramType }: Ending): Evidence {
  return {
    card: tx.identity(),
    arc,
    cryptogramType,
    // A forged answer may hide its cryptogram in a signature that does not hold.
    cryptogram: (tx.card('9F26') ?? new Uint8Array()).slice(),
    atc: atcOf(tx),
    cvmResults: writeCvmResults(tx.cvmResults),
    isSignatureRequired: tx.isSignatureRequired,
    ...changing(tx),
  };
}

function changing(tx: Transaction): Pick<Evidence, 'tvr' | 'tsi' | 'chipData' | 'scriptResults'> {
  return {
    tvr: TVR.write(tx.tvr),
    tsi: TSI.write(tx.tsi),
    chipData: tx.chipData(),
    scriptResults: [...tx.scriptResults],
  };
}

function atcOf(tx: Transaction): number {
  const bytes = must(tx.card('9F36'), 'an answer to GENERATE AC has a counter');
  assert(bytes.length === 2, 'the counter has two bytes');
  return ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
}
