/**
 * The transaction counters of DUKPT (ANSI X9.24-1 and X9.24-3 6.1). A key is derived once for each one in the counter,
 * so counters with more ones than allowed are left out, which bounds the work of the host. A counter that is out ends
 * the life of the device's keys.
 */

/** How wide a counter is and how many ones it may have. */
export type CounterRule = { readonly bits: number; readonly onesMax: number };

/** Triple DES: 21 bits, at most 10 ones; a million transactions. */
export const TDES_COUNTER: CounterRule = { bits: 21, onesMax: 10 };
/** AES: 32 bits, at most 16 ones; more than two thousand million transactions. */
export const AES_COUNTER: CounterRule = { bits: 32, onesMax: 16 };

/** Whether a device uses this counter. */
export function isUsableCounter(counter: number, { bits, onesMax }: CounterRule): boolean {
  return Number.isInteger(counter) && counter > 0 && counter < 2 ** bits && onesOf(counter) <= onesMax;
}

/** The counter that a device uses after this one, which it used; undefined after the last. */
export function nextCounter(counter: number, { bits, onesMax }: CounterRule): number | undefined {
  const next = counter + (onesOf(counter) < onesMax ? 1 : lowestOne(counter));
  return next < 2 ** bits ? next : undefined;
}

/** How many ones there are. */
export function onesOf(counter: number): number {
  let ones = 0;
  for (let rest = counter; rest !== 0; rest -= lowestOne(rest)) ones += 1;
  return ones;
}

/** The value of the lowest one of a counter that is not zero. */
export function lowestOne(counter: number): number {
  return (counter & -counter) >>> 0;
}

/** The values of the ones, the highest first. */
export function onesFromHighest(counter: number): number[] {
  const ones: number[] = [];
  for (let rest = counter; rest !== 0; rest -= lowestOne(rest)) ones.unshift(lowestOne(rest));
  return ones;
}
