/** Cardholder verification with a card and a PIN pad: the steps of `cvm.ts`, and what an offline PIN needs (EMV Book 3 10.5.1). */
import { assert } from '@holdfast/base';
import { parseDataAnswer } from '../../apdu/answers.ts';
import { getChallenge, getData, verify } from '../../apdu/commands.ts';
import { SW, triesLeft } from '../../apdu/status.ts';
import { CardData } from '../../card-data.ts';
import {
  type CvmAnswer,
  type CvmQuestion,
  type CvmSetting,
  isSameForBoth,
  verifyCardholder,
} from '../cvm.ts';
import { parseCvmList } from '../cvm-list.ts';
import { CVM_NOT_PERFORMED } from '../cvm-results.ts';
import { ask, type Flow, type PinEncipherment, transmit } from './dialogue.ts';
import type { Outcome } from './outcome.ts';
import type { Transaction } from './transaction.ts';

const CHALLENGE_LENGTH = 8;
/** Wrong PINs before the payment goes on without; cards allow fewer. */
const ENTRIES_MAX = 15;

/** Verifies the cardholder by the card's list; a list that is malformed ends the payment (Book 3 7.5). */
export function* verifyHolder(tx: Transaction): Flow<Outcome | undefined> {
  tx.cvmResults = CVM_NOT_PERFORMED;
  if (!tx.aip.cardholderVerificationSupported) return undefined;
  const bytes = tx.card('8E');
  const parsed = bytes && parseCvmList(bytes);
  if (parsed === undefined || (!parsed.ok && parsed.reason === 'no_rules')) {
    tx.tvr.iccDataMissing = true;
    return undefined;
  }
  if (!parsed.ok) return tx.terminated('card_error');
  const steps = verifyCardholder(parsed.list, settingOf(tx));
  let step = steps.next();
  while (step.done !== true) step = steps.next(yield* answer(tx, step.value));
  const { results, tvr, tsi, isSignatureRequired } = step.value;
  tx.cvmResults = results;
  tx.isSignatureRequired = isSignatureRequired;
  Object.assign(tx.tvr, tvr);
  Object.assign(tx.tsi, tsi);
  return undefined;
}

/** Whether another amount would be verified by the same rules, so that what was done stands for it as well. */
export function isVerifiedAlike(tx: Transaction, amount: bigint): boolean {
  const bytes = tx.aip.cardholderVerificationSupported ? tx.card('8E') : undefined;
  const parsed = bytes && parseCvmList(bytes);
  if (parsed?.ok !== true) return true;
  const [done, due] = [settingOf(tx), settingOf(tx, { amount })];
  return isSameForBoth(parsed.list, done, due);
}

function settingOf(tx: Transaction, { amount }: { amount: bigint } = tx.setting.payment): CvmSetting {
  const { payment } = tx.setting;
  const { sdaFailed, ddaFailed, cdaFailed } = tx.tvr;
  // Whoever changed what the card says may have asked for the PIN in clear to read it.
  const isFalse = sdaFailed || ddaFailed || cdaFailed;
  const currency = tx.card('9F42');
  return {
    amount,
    transactionCurrency: numberOf(payment.currency),
    applicationCurrency: currency && numberOf(currency),
    transaction: payment.kind === 'goods' || payment.kind === 'services' ? 'purchase' : payment.kind,
    isAttended: tx.terminalType.isAttended,
    capabilities: { ...tx.capabilities, plainOfflinePin: tx.capabilities.plainOfflinePin && !isFalse },
  };
}

function* answer(tx: Transaction, question: CvmQuestion): Flow<CvmAnswer> {
  if (question.ask === 'offline_pin') return yield* verifyOfflinePin(tx, question.isEnciphered);
  if (tx.isTap) {
    tx.isOnlinePinDue = true;
    return { kind: 'captured' };
  }
  return { kind: yield* askOnlinePin(tx) };
}

/** The PIN pad enciphers the PIN for the issuer, together with the card number. */
export function* askOnlinePin(tx: Transaction): Flow<'captured' | 'bypassed' | 'pad_not_working'> {
  const pan = CardData.take(tx.panDigits());
  try {
    return (yield* ask({ ask: 'online_pin', pan })).kind;
  } finally {
    pan.wipe();
  }
}

/** Asks for a PIN and has the card verify it, again while tries are left. */
function* verifyOfflinePin(tx: Transaction, isEnciphered: boolean): Flow<CvmAnswer> {
  const counter = yield* transmit(getData(0x9f17));
  let left = counter.sw === SW.ok ? parseDataAnswer(counter.data, '9F17')?.[0] : undefined;
  if (left === 0) return { kind: 'try_limit_exceeded' };
  for (let entry = 0; entry < ENTRIES_MAX; entry += 1) {
    const encipherment = isEnciphered ? yield* prepareEncipherment(tx) : undefined;
    if (isEnciphered && encipherment === undefined) return { kind: 'failed' };
    const pin = yield* ask({ ask: 'offline_pin', triesLeft: left, encipherment });
    if (pin.kind !== 'entered' && pin.kind !== 'presented') return { kind: pin.kind };
    const sw = pin.kind === 'presented' ? pin.sw : yield* sendPin(pin.block, isEnciphered);
    if (sw === SW.ok) return { kind: 'verified' };
    if (sw === SW.authenticationBlocked || sw === SW.referenceDataInvalidated)
      return { kind: 'try_limit_exceeded' };
    left = triesLeft(sw);
    if (left === undefined) return { kind: 'failed' };
    if (left === 0) return { kind: 'try_limit_exceeded' };
  }
  return { kind: 'failed' };
}

function* prepareEncipherment(tx: Transaction): Flow<PinEncipherment | undefined> {
  const key = tx.setting.authenticator.recoverPinKey(tx.view());
  if (key === undefined) return undefined;
  const { sw, data } = yield* transmit(getChallenge());
  return sw === SW.ok && data.length === CHALLENGE_LENGTH ? { ...key, challenge: data } : undefined;
}

function* sendPin(block: CardData, isEnciphered: boolean): Flow<number> {
  const bytes = block.use((held) => held.slice());
  block.wipe();
  const command = verify(bytes, isEnciphered);
  try {
    return (yield* transmit(command)).sw;
  } finally {
    bytes.fill(0);
  }
}

/** A numeric code of two bytes as a number that compares; the digits stay as they are packed. */
function numberOf(code: Uint8Array): number {
  assert(code.length === 2, 'a currency code has two bytes');
  return ((code[0] ?? 0) << 8) | (code[1] ?? 0);
}
