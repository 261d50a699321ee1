/** Processing restrictions and terminal risk management with a card (EMV Book 3 10.4, 10.6). */
import { must } from '@holdfast/base';
import { parseDataAnswer } from '../../apdu/answers.ts';
import { getData } from '../../apdu/commands.ts';
import { SW } from '../../apdu/status.ts';
import { ADDITIONAL_TERMINAL_CAPABILITIES } from '../bits.ts';
import { checkRestrictions } from '../restrictions.ts';
import {
  manageTerminalRisk,
  type RandomSelection,
  type RiskSetting,
  type Velocity,
} from '../risk-management.ts';
import { isAtm } from '../terminal-type.ts';
import { type Flow, transmit } from './dialogue.ts';
import type { Transaction } from './transaction.ts';

/** Sets the bits of processing restrictions. */
export function applyRestrictions(tx: Transaction): void {
  const { terminal, payment } = tx.setting;
  const capabilities = must(
    ADDITIONAL_TERMINAL_CAPABILITIES.read(terminal.additionalCapabilities),
    'additional terminal capabilities are 5 bytes',
  );
  const bits = checkRestrictions({
    cardVersion: tx.card('9F08'),
    terminalVersion: tx.selected.profile.version,
    usageControl: tx.card('9F07'),
    issuerCountry: tx.card('5F28'),
    terminalCountry: terminal.country,
    isAtm: isAtm(tx.terminalType, capabilities),
    transaction: payment.kind,
    today: payment.date,
    effectiveDate: tx.card('5F25'),
    expirationDate: must(tx.card('5F24'), 'the card has an expiration date'),
  });
  Object.assign(tx.tvr, bits);
}

/** Manages the risk of the terminal; it does so whether the card asks for it or not, as Book 3 10.6 allows. */
export function* manageRisk(tx: Transaction, floorLimit = tx.selected.profile.floorLimit): Flow<undefined> {
  const velocity = yield* readVelocity(tx);
  noteRisk(tx, { floorLimit, velocity, randomSelection: selectionOf(tx) });
  return undefined;
}

/** Sets the bits of what the terminal knows by itself, and of what the card told of its counters. */
export function noteRisk(
  tx: Transaction,
  of: Pick<RiskSetting, 'floorLimit' | 'velocity' | 'randomSelection'>,
): void {
  const { payment, risk } = tx.setting;
  const pan = tx.panDigits();
  const { tvr, tsi } = manageTerminalRisk({
    ...of,
    amount: payment.amount,
    lastAmount: risk.lastAmount(pan, tx.sequenceNumber),
    isOnExceptionList: risk.isOnExceptionList(pan, tx.sequenceNumber),
    isForcedOnline: payment.isForcedOnline,
  });
  pan.fill(0);
  Object.assign(tx.tvr, tvr);
  Object.assign(tx.tsi, tsi);
}

/** The counters, where the card has both limits; it is not asked for them otherwise. */
function* readVelocity(tx: Transaction): Flow<Velocity | undefined> {
  const lowerLimit = tx.card('9F14')?.[0];
  const upperLimit = tx.card('9F23')?.[0];
  if (lowerLimit === undefined || upperLimit === undefined) return undefined;
  const atc = yield* readCounter(0x9f36, '9F36');
  const lastOnlineAtc = yield* readCounter(0x9f13, '9F13');
  return { lowerLimit, upperLimit, atc, lastOnlineAtc };
}

function* readCounter(code: number, tag: string): Flow<number | undefined> {
  const { sw, data } = yield* transmit(getData(code));
  const value = sw === SW.ok ? parseDataAnswer(data, tag) : undefined;
  return value?.length === 2 ? ((value[0] ?? 0) << 8) | (value[1] ?? 0) : undefined;
}

function selectionOf(tx: Transaction): RandomSelection | undefined {
  const selection = tx.selected.profile.randomSelection;
  if (selection === undefined || tx.terminalType.communication !== 'offline_with_online') return undefined;
  return { ...selection, draw: () => 1 + Math.floor(99 * tx.setting.random.unit()) };
}
