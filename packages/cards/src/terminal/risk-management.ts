/**
 * Terminal risk management (EMV Book 3 10.6, Book 4 6.3.5): what sends an otherwise good payment online. Five looks,
 * each of which sets its bits of the TVR: floor limit, random selection, velocity, exception list, the merchant's wish.
 */
import { assert } from '@holdfast/base';
import type { Tsi, Tvr } from './bits.ts';

/** Biased random selection: percentages from 0 to 99, the threshold in minor units and below the floor limit. */
export type RandomSelection = {
  targetPercent: number;
  maximumPercent: number;
  threshold: bigint;
  /** A number from 1 to 99, each as likely as the others. */
  draw: () => number;
};

/** The counters of velocity checking; a counter that GET DATA did not give is undefined. */
export type Velocity = {
  /** Tag 9F14. */
  lowerLimit: number;
  /** Tag 9F23. */
  upperLimit: number;
  /** Tag 9F36. */
  atc: number | undefined;
  /** Tag 9F13. */
  lastOnlineAtc: number | undefined;
};

export type RiskSetting = {
  /** Amount, Authorised (tag 9F02) in minor units. */
  amount: bigint;
  /** Terminal Floor Limit (tag 9F1B) in minor units: at it a payment must go online. */
  floorLimit: bigint;
  /** The most recent amount that the same card paid here; see `lastLoggedAmount`. */
  lastAmount?: bigint | undefined;
  /** Only for a terminal that can do both, work offline and go online. */
  randomSelection?: RandomSelection | undefined;
  /** Only where the card has both limits (Book 3 10.6.3). */
  velocity?: Velocity | undefined;
  isOnExceptionList?: boolean;
  isForcedOnline?: boolean;
};

/** The bits to set; bits that are set already stay. */
export function manageTerminalRisk(setting: RiskSetting): { tvr: Partial<Tvr>; tsi: Partial<Tsi> } {
  const tvr: Partial<Tvr> = {};
  if (setting.isOnExceptionList === true) tvr.cardOnExceptionFile = true;
  if (setting.isForcedOnline === true) tvr.merchantForcedOnline = true;
  if (setting.amount + (setting.lastAmount ?? 0n) >= setting.floorLimit) tvr.floorLimitExceeded = true;
  if (isSelectedRandomly(setting)) tvr.selectedRandomlyForOnline = true;
  if (setting.velocity !== undefined) Object.assign(tvr, velocityBits(setting.velocity));
  return { tvr, tsi: { terminalRiskManagementPerformed: true } };
}

/**
 * Below the threshold the target percentage, above it a percentage that grows evenly to the maximum at the floor limit
 * (Book 3 10.6.2), compared without dividing, so that nothing is rounded. Only amounts below the floor limit are drawn.
 */
function isSelectedRandomly({ amount, floorLimit, randomSelection }: RiskSetting): boolean {
  if (randomSelection === undefined || amount >= floorLimit) return false;
  const { targetPercent, maximumPercent, threshold, draw } = randomSelection;
  assert(
    threshold >= 0n && threshold < floorLimit,
    'the threshold of random selection is below the floor limit',
  );
  assert(
    targetPercent >= 0 && targetPercent <= maximumPercent && maximumPercent <= 99,
    'the percentages of random selection are in order',
  );
  const drawn = draw();
  assert(Number.isInteger(drawn) && drawn >= 1 && drawn <= 99, 'a draw is between 1 and 99');
  if (amount < threshold) return drawn <= targetPercent;
  const rise = BigInt(maximumPercent - targetPercent) * (amount - threshold);
  return BigInt(drawn - targetPercent) * (floorLimit - threshold) <= rise;
}

/** A counter that is missing, or that did not move on since the last time online, counts as both limits exceeded. */
function velocityBits({ lowerLimit, upperLimit, atc, lastOnlineAtc }: Velocity): Partial<Tvr> {
  const tvr: Partial<Tvr> = {};
  const offlineCount =
    atc === undefined || lastOnlineAtc === undefined || atc <= lastOnlineAtc
      ? undefined
      : atc - lastOnlineAtc;
  if (offlineCount === undefined || offlineCount > lowerLimit)
    tvr.lowerConsecutiveOfflineLimitExceeded = true;
  if (offlineCount === undefined || offlineCount > upperLimit)
    tvr.upperConsecutiveOfflineLimitExceeded = true;
  if (lastOnlineAtc === 0) tvr.newCard = true;
  return tvr;
}
