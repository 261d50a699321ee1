/**
 * The brand of a card by the first digits of its number. The ranges are those that the schemes publish to acceptors; a
 * routing table of an acquirer knows more, and a number that no range holds is simply of an unknown brand. Where ranges
 * lie within each other the one with the longest prefix decides.
 */
import { assert } from '@holdfast/base';
import { digitAt } from '../encoding/digits.ts';
import { BRAND_RANGES, type Brand, type BrandRange } from './brand-ranges.ts';
import { isPan } from './pan.ts';

/** What the first digits say. */
export type BrandAnswer = {
  readonly brand: Brand | 'unknown';
  /** Other networks that take the card in some countries. */
  readonly alsoAcceptedBy: readonly Brand[];
  /** Whether numbers of the brand may have this length; true for an unknown brand, of which nothing is known. */
  readonly isLengthAllowed: boolean;
};

const PREFIX_DIGITS = 8;
const UNKNOWN: BrandAnswer = { brand: 'unknown', alsoAcceptedBy: [], isLengthAllowed: true };

type Interval = { readonly from: number; readonly to: number; readonly range: BrandRange };

/** All ranges as numbers of eight digits, those with the longest prefix first. */
const INTERVALS: readonly Interval[] = BRAND_RANGES.toSorted(
  (left, right) => right.from.length - left.from.length,
).map(intervalOf);

/** The brand of a number of 8 to 19 ASCII digits. Only its first eight digits become a number. */
export function brandOf(pan: Uint8Array): BrandAnswer {
  assert(isPan(pan), 'a card number has 8 to 19 digits');
  let prefix = 0;
  for (let index = 0; index < PREFIX_DIGITS; index += 1) prefix = prefix * 10 + digitAt(pan, index);
  const found = INTERVALS.find(({ from, to }) => prefix >= from && prefix <= to);
  if (!found) return UNKNOWN;
  const { brand, lengths, alsoAcceptedBy = [] } = found.range;
  return { brand, alsoAcceptedBy, isLengthAllowed: lengths.includes(pan.length) };
}

function intervalOf(range: BrandRange): Interval {
  const to = range.to ?? range.from;
  assert(
    range.from.length === to.length && range.from <= to,
    'the ends of a range have one length and order',
  );
  return {
    from: Number(range.from.padEnd(PREFIX_DIGITS, '0')),
    to: Number(to.padEnd(PREFIX_DIGITS, '9')),
    range,
  };
}
