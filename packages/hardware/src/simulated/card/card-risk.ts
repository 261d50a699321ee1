/**
 * Card risk management (EMV Book 3 10.8): what the card makes of the terminal's wish by its counters, its issuer's rules and
 * what it remembers. A card only ever goes down from what was asked for: TC, ARQC, AAC.
 */
import type { CryptogramType, CvrFlag } from '@holdfast/cards';
import type { Payment, Session } from './session.ts';

/** The facts that rules are about. */
type RiskFacts = {
  isNew: boolean;
  isForeign: boolean;
  isLowerLimitExceeded: boolean;
  isUpperLimitExceeded: boolean;
  isPinBlocked: boolean;
};

/** How the facts of a payment stand. */
function riskFacts({ state }: Session, { memory, application, terminal }: Payment): RiskFacts {
  const inRow = memory.atc - memory.last_online_atc;
  const currency = terminal.get('5F2A');
  return {
    isNew: memory.last_online_atc === 0,
    isForeign: currency !== undefined && Buffer.compare(currency, application.currency) !== 0,
    isLowerLimitExceeded: inRow > memory.lower_limit,
    isUpperLimitExceeded: inRow > memory.upper_limit,
    isPinBlocked: application.hasOfflinePin && state.pin_tries_left === 0,
  };
}

/** What the card answers to the first wish. */
export function decideFirst(session: Session, payment: Payment, wish: CryptogramType): CryptogramType {
  const { memory } = payment;
  if (wish === 'AAC' || memory.is_blocked) return 'AAC';
  const { risk } = payment.application.product;
  if (risk.mode === 'offline_only') {
    return wish === 'TC' && !riskFacts(session, payment).isUpperLimitExceeded ? 'TC' : 'AAC';
  }
  return wish === 'TC' && wantsOnline(session, payment) ? 'ARQC' : wish;
}

/** What it answers to the second one, of an issuer that could not be reached or that answered. */
export function decideSecond(session: Session, payment: Payment, wish: 'TC' | 'AAC'): 'TC' | 'AAC' {
  if (wish === 'AAC' || payment.memory.is_blocked) return 'AAC';
  if (isUnableToGoOnline(payment)) return mayApproveAlone(session, payment) ? 'TC' : 'AAC';
  return payment.issuer === 'proven' && isApprovedByUpdate(payment) ? 'TC' : 'AAC';
}

/** The terminal says in the response code that it could not reach the issuer (Book 4 A6). */
export function isUnableToGoOnline({ terminal }: Payment): boolean {
  const arc = Buffer.from(terminal.get('8A') ?? []).toString('latin1');
  return arc === 'Y3' || arc === 'Z3' || arc === 'Y1' || arc === 'Z1';
}

/** The same facts, and how the payment went, as bits for the issuer. */
export function cvrFlags(session: Session, payment: Payment): Partial<Record<CvrFlag, boolean>> {
  const facts = riskFacts(session, payment);
  const { pin, issuer, before, memory, stage } = payment;
  const isAfterFirst = stage !== 'initiated';
  const isUnable = isAfterFirst && isUnableToGoOnline(payment);
  return {
    offlinePinPerformed: pin !== 'none',
    encipheredPinPerformed: pin !== 'none' && payment.isPinEnciphered,
    offlinePinSuccessful: pin === 'right',
    offlinePinFailed: pin === 'wrong',
    offlinePinNotPerformed: pin === 'none',
    pinTryLimitExceeded: facts.isPinBlocked,
    ddaPerformed: payment.isDdaDone,
    issuerAuthenticationPerformed: issuer !== 'unheard',
    issuerAuthenticationNotPerformed: isAfterFirst && issuer === 'unheard' && !isUnable,
    issuerAuthenticationFailed: issuer === 'disproven',
    issuerAuthenticationFailedBefore: before.is_issuer_unproven,
    lastOnlineNotCompleted: before.is_online_pending,
    unableToGoOnline: isUnable,
    newCard: facts.isNew,
    lowerLimitExceeded: facts.isLowerLimitExceeded,
    upperLimitExceeded: facts.isUpperLimitExceeded,
    goOnlineNextWasSet: before.goes_online_next,
    scriptReceived: memory.script_count > 0 || memory.is_script_failed,
    scriptFailed: memory.is_script_failed,
    international: facts.isForeign,
    domestic: !facts.isForeign,
  };
}

function wantsOnline(session: Session, payment: Payment): boolean {
  const { risk } = payment.application.product;
  const facts = riskFacts(session, payment);
  const { before } = payment;
  return (
    risk.mode === 'online_only' ||
    facts.isLowerLimitExceeded ||
    facts.isUpperLimitExceeded ||
    facts.isPinBlocked ||
    (risk.newGoesOnline && facts.isNew) ||
    (risk.foreignGoesOnline && facts.isForeign) ||
    before.is_online_pending ||
    before.is_issuer_unproven ||
    before.goes_online_next
  );
}

function mayApproveAlone(session: Session, payment: Payment): boolean {
  const { risk } = payment.application.product;
  const facts = riskFacts(session, payment);
  const mustAsk =
    risk.mode === 'online_only' ||
    facts.isUpperLimitExceeded ||
    facts.isPinBlocked ||
    (risk.newGoesOnline && facts.isNew) ||
    (risk.foreignGoesOnline && facts.isForeign);
  return !mustAsk;
}

/** With a Card Status Update the issuer approves by a bit of it (Book 3 annex C10); else the terminal's wish says so. */
function isApprovedByUpdate({ statusUpdate }: Payment): boolean {
  return statusUpdate === undefined || ((statusUpdate[1] ?? 0) & 0x80) !== 0;
}
