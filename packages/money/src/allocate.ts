/** Splitting money without losing a unit of it. */
import { assert } from '@holdfast/base';
import { dinero, allocate as dineroAllocate, toSnapshot } from 'dinero.js/bigint';

/** Allocation counts minor units and never looks at the currency. */
const UNITS = { code: 'XXX', base: 10n, exponent: 0n };

/**
 * Splits minor units in proportion to `ratios`; the shares, in their order, always sum to `minor`. What does not
 * divide goes unit by unit to the largest ratios; a ratio of zero gets nothing. At least one ratio is above zero
 * and none is below; otherwise this asserts.
 */
export function allocate(minor: bigint, ratios: readonly bigint[]): bigint[] {
  assert(
    ratios.every((ratio) => ratio >= 0n),
    'a ratio is not negative',
  );
  assert(
    ratios.some((ratio) => ratio > 0n),
    'one ratio is above zero',
  );
  return dineroAllocate(dinero({ amount: minor, currency: UNITS }), ratios).map(
    (share) => toSnapshot(share).amount,
  );
}
