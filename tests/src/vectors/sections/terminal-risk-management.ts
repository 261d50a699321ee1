/** Terminal risk management: the bits it sets for an amount, a log, a draw and the counters of a card. */

import { lastLoggedAmount, manageTerminalRisk, type RandomSelection, TSI, TVR } from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { Mismatch, same } from '../compare.ts';
import { casesOf, type Section } from '../section.ts';
import { spellings } from '../spellings.ts';

export const terminalRiskManagement: Section = {
  spellings: spellings({
    floor: ['floorLimit', 'tag9F1B', '9F1B'],
    amount: ['amountAuthorised', 'amountAuthorized'],
    lower: ['lowerLimit', 'lcol', 'tag9F14', '9F14'],
    upper: ['upperLimit', 'ucol', 'tag9F23', '9F23'],
    atc: ['tag9F36', '9F36'],
    lastOnline: ['lastOnlineAtc', 'tag9F13', '9F13'],
    psn: ['panSequenceNumber', 'sequence', 'panSeq'],
    target: ['targetPercent', 'targetPercentage', 'randomPercent', 'percentage'],
    maxTarget: ['maximumPercent', 'maxPercent', 'maxTargetPercent', 'maximumTarget', 'maxPercentage'],
    threshold: ['thresholdValue', 'randomThreshold'],
    random: ['draw', 'drawn', 'randomNumber', 'rand'],
    exceptionFile: ['onExceptionList', 'exceptionList', 'hotCard', 'hotlisted', 'onExceptionFile'],
    forcedOnline: ['forceOnline', 'merchantForcedOnline', 'merchantForced'],
  }),
  cases: (section) => section.names().flatMap((name) => casesOf(section, name, checkCase)),
};

function checkCase(it: Values): undefined {
  if (it.has('psn')) it.text('psn');
  const { tvr, tsi } = manageTerminalRisk({
    amount: BigInt(it.number('amount')),
    floorLimit: BigInt(it.number('floor')),
    lastAmount: lastAmountOf(it),
    velocity: velocityOf(it),
    randomSelection: selectionOf(it),
    isOnExceptionList: it.has('exceptionFile') && it.raw('exceptionFile') === true,
    isForcedOnline: it.has('forcedOnline') && it.raw('forcedOnline') === true,
  });
  same('the TVR', TVR.write(tvr), it.hex('tvr'));
  if (it.has('tsi')) same('the TSI', TSI.write(tsi), it.hex('tsi'));
}

/** Entries are of a number and an amount, with the sequence number between if it counts; the last is the newest. */
function lastAmountOf(it: Values): bigint | undefined {
  if (!it.has('log')) {
    if (it.has('pan')) it.digits('pan');
    return undefined;
  }
  const log = it.list('log').map((entry) => {
    const [number, ...rest] = Array.isArray(entry) ? entry : partsOf(it.within(entry, 'an entry of the log'));
    const amount = rest.at(-1);
    if (typeof number !== 'string' || !Number.isSafeInteger(amount))
      throw new Mismatch('an entry of the log is no pair of a number and an amount');
    return { token: [number, ...rest.slice(0, -1)].join('/'), amount: BigInt(amount) };
  });
  const isWithSequence = log.some(({ token }) => token.includes('/'));
  return lastLoggedAmount(log, isWithSequence ? `${it.text('pan')}/${it.text('psn')}` : it.text('pan'));
}

function partsOf(entry: Values): unknown[] {
  const sequence = entry.has('psn') ? [entry.text('psn')] : [];
  return [entry.text('pan'), ...sequence, entry.number('amount')];
}

/** The limits count only where the card has both. */
function velocityOf(it: Values) {
  const limits = ['lower', 'upper'].map((name) =>
    it.has(name) && it.raw(name) !== null ? it.number(name) : undefined,
  );
  const counters = { atc: counterOf(it, 'atc'), lastOnlineAtc: counterOf(it, 'lastOnline') };
  const [lowerLimit, upperLimit] = limits;
  if (lowerLimit === undefined || upperLimit === undefined) return undefined;
  return { lowerLimit, upperLimit, ...counters };
}

/** A counter of null, or none, is one that the card did not tell; two bytes are hexadecimal digits. */
function counterOf(it: Values, name: string): number | undefined {
  if (!it.has(name) || it.raw(name) === null) return undefined;
  const raw = it.raw(name);
  if (typeof raw === 'string' && /[A-F]/i.test(raw)) return Number.parseInt(raw, 16);
  return it.number(name);
}

function selectionOf(it: Values): RandomSelection | undefined {
  if (!it.has('random')) return undefined;
  const [targetPercent, drawn] = [it.number('target'), it.number('random')];
  return {
    targetPercent,
    maximumPercent: it.has('maxTarget') ? it.number('maxTarget') : targetPercent,
    threshold: it.has('threshold') ? BigInt(it.number('threshold')) : 0n,
    draw: () => drawn,
  };
}
