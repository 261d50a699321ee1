/**
 * Cardholder verification (EMV Book 3 10.5, Book 4 6.3.4 with its table 2): the rules of the card's list are tried in
 * their order until one is successful or forbids the next. It asks the outside for what only a PIN pad and a card can
 * do, and goes on by the answer. A method counts as performed only if the terminal understands and supports it.
 */
import type { TerminalCapabilities, Tsi, Tvr } from './bits.ts';
import type { CvmList, CvmMethod, CvmRule } from './cvm-list.ts';
import { CVM_NOT_PERFORMED, type CvmResults } from './cvm-results.ts';

/** What a rule's condition and method are held against. */
export type CvmSetting = {
  /** Amount, Authorised (tag 9F02) in minor units, cashback included. */
  amount: bigint;
  transactionCurrency: number;
  /** Tag 9F42; undefined where the card has none, so that conditions on amounts pass the rule over. */
  applicationCurrency: number | undefined;
  transaction: 'purchase' | 'cash' | 'cashback' | 'other';
  isAttended: boolean;
  capabilities: TerminalCapabilities;
};

/** What verification asks. The card verifies an offline PIN; an online PIN is only enciphered and kept for the issuer. */
export type CvmQuestion = { ask: 'offline_pin'; isEnciphered: boolean } | { ask: 'online_pin' };

/** `try_limit_exceeded`: the card is or has become blocked for PINs. `failed`: the card or its key did not allow it. */
export type CvmAnswer =
  | { kind: 'verified' | 'captured' | 'failed' }
  | { kind: 'try_limit_exceeded' | 'bypassed' | 'pad_not_working' };

/** Bits to be set beside those that are set already. */
export type CvmOutcome = {
  results: CvmResults;
  tvr: Partial<Tvr>;
  tsi: Partial<Tsi>;
  /** A signature is to be taken, on paper or on a display, when the transaction ends. */
  isSignatureRequired: boolean;
};

type Progress = {
  results: CvmResults;
  tvr: Partial<Tvr>;
  isSignatureRequired: boolean;
  /** A PIN was bypassed, or the pad does not work: it is not asked for again (Book 4 6.3.4.3). */
  isPinRefused: boolean;
};
type Verdict = 'successful' | 'unsuccessful';

/** Goes through the list; done when the generator returns. A list that is missing is the caller's matter (Book 3 7.5). */
export function* verifyCardholder(
  list: CvmList,
  setting: CvmSetting,
): Generator<CvmQuestion, CvmOutcome, CvmAnswer> {
  const progress: Progress = {
    results: { ...CVM_NOT_PERFORMED, result: 'failed' },
    tvr: {},
    isSignatureRequired: false,
    isPinRefused: false,
  };
  for (const rule of list.rules) {
    if (!isConditionSatisfied(rule, list, setting)) continue;
    const verdict = yield* applyRule(rule, setting, progress);
    if (verdict === 'successful') return outcomeOf(progress);
    if (!rule.appliesNext || rule.method === 'fail') break;
  }
  progress.tvr.cardholderVerificationFailed = true;
  progress.isSignatureRequired = false;
  return outcomeOf(progress);
}

/** Whether the same rules of the list apply in both settings. */
export function isSameForBoth(list: CvmList, one: CvmSetting, other: CvmSetting): boolean {
  return list.rules.every(
    (rule) => isConditionSatisfied(rule, list, one) === isConditionSatisfied(rule, list, other),
  );
}

function outcomeOf({ results, tvr, isSignatureRequired }: Progress): CvmOutcome {
  return { results, tvr, tsi: { cardholderVerificationPerformed: true }, isSignatureRequired };
}

/** The condition codes of Annex C3, table 44; a code outside of them passes the rule over. */
function isConditionSatisfied(rule: CvmRule, list: CvmList, setting: CvmSetting): boolean {
  const { amount, transaction, isAttended } = setting;
  const isManualCash = transaction === 'cash' && isAttended;
  const isUnattendedCash = transaction === 'cash' && !isAttended;
  const isInCurrency = setting.applicationCurrency === setting.transactionCurrency;
  switch (rule.condition) {
    case 0x00:
      return true;
    case 0x01:
      return isUnattendedCash;
    case 0x02:
      return !isUnattendedCash && !isManualCash && transaction !== 'cashback';
    case 0x03:
      return isSupported(rule.method, setting.capabilities);
    case 0x04:
      return isManualCash;
    case 0x05:
      return transaction === 'cashback';
    case 0x06:
      return isInCurrency && amount < list.x;
    case 0x07:
      return isInCurrency && amount > list.x;
    case 0x08:
      return isInCurrency && amount < list.y;
    case 0x09:
      return isInCurrency && amount > list.y;
    default:
      return false;
  }
}

/** Support as Terminal Capabilities state it; a combination needs both of its parts, failing needs nothing. */
function isSupported(method: CvmMethod, can: TerminalCapabilities): boolean {
  switch (method) {
    case 'fail':
      return true;
    case 'plain_offline_pin':
      return can.plainOfflinePin;
    case 'plain_offline_pin_and_signature':
      return can.plainOfflinePin && can.signature;
    case 'enciphered_offline_pin':
      return can.encipheredOfflinePin;
    case 'enciphered_offline_pin_and_signature':
      return can.encipheredOfflinePin && can.signature;
    case 'online_pin':
      return can.onlinePin;
    case 'signature':
      return can.signature;
    case 'no_cvm':
      return can.noCvmRequired;
    case 'biometric':
    case 'unrecognised':
      return false;
  }
}

function* applyRule(
  rule: CvmRule,
  setting: CvmSetting,
  progress: Progress,
): Generator<CvmQuestion, Verdict, CvmAnswer> {
  if (!isSupported(rule.method, setting.capabilities)) {
    noteUnsupported(rule.method, setting.capabilities, progress.tvr);
    return 'unsuccessful';
  }
  const result = yield* perform(rule.method, progress);
  progress.results = { code: rule.code, condition: rule.condition, result };
  progress.isSignatureRequired = result !== 'failed' && isWithSignature(rule.method);
  return result === 'failed' ? 'unsuccessful' : 'successful';
}

/**
 * What a method that cannot be performed leaves in the TVR (Book 3 10.5, 10.5.1 and 10.5.2). A terminal that takes
 * either kind of offline PIN supports offline PIN as far as the bit of the PIN pad goes.
 */
function noteUnsupported(method: CvmMethod, can: TerminalCapabilities, tvr: Partial<Tvr>): void {
  if (method === 'unrecognised') tvr.unrecognisedCvm = true;
  if (method === 'online_pin') tvr.pinPadNotWorking = true;
  if (isOfflinePin(method) && !can.plainOfflinePin && !can.encipheredOfflinePin) tvr.pinPadNotWorking = true;
}

function* perform(
  method: CvmMethod,
  progress: Progress,
): Generator<CvmQuestion, CvmResults['result'], CvmAnswer> {
  if (method === 'no_cvm') return 'successful';
  if (method === 'signature') return 'unknown';
  if (!isOfflinePin(method) && method !== 'online_pin') return 'failed';
  if (progress.isPinRefused) return 'failed';
  const isOnline = method === 'online_pin';
  const answer = yield isOnline
    ? { ask: 'online_pin' }
    : { ask: 'offline_pin', isEnciphered: isEnciphered(method) };
  noteAnswer(answer, progress);
  if (isOnline) return answer.kind === 'captured' ? 'unknown' : 'failed';
  if (answer.kind !== 'verified') return 'failed';
  return isWithSignature(method) ? 'unknown' : 'successful';
}

function noteAnswer(answer: CvmAnswer, progress: Progress): void {
  const { tvr } = progress;
  progress.isPinRefused = answer.kind === 'bypassed' || answer.kind === 'pad_not_working';
  if (answer.kind === 'captured') tvr.onlinePinEntered = true;
  if (answer.kind === 'bypassed') tvr.pinNotEntered = true;
  if (answer.kind === 'pad_not_working') tvr.pinPadNotWorking = true;
  if (answer.kind === 'try_limit_exceeded') tvr.pinTryLimitExceeded = true;
}

function isOfflinePin(method: CvmMethod): boolean {
  return method.startsWith('plain_offline_pin') || isEnciphered(method);
}

function isEnciphered(method: CvmMethod): boolean {
  return method.startsWith('enciphered_offline_pin');
}

function isWithSignature(method: CvmMethod): boolean {
  return method === 'signature' || method.endsWith('_and_signature');
}
