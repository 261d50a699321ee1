/**
 * A primary account number and what may be known of it (ISO/IEC 7812-1, PCI DSS 3.4 and 3.5, PCI SSC FAQ 1091). The
 * functions take the ASCII digits inside `CardData.use`; what they return may be kept.
 */
import { assert } from '@holdfast/base';
import { hmacSha256, type Secret, toBase64Url } from '@holdfast/crypto';
import { areDigits, asciiText } from '../encoding/digits.ts';

/** The shortest number: an identifier of the issuer of six digits, one of the account, the check digit. */
const PAN_DIGITS_MIN = 8;
/** The longest number (ISO/IEC 7812-1, and the ten bytes of tag 5A). */
export const PAN_DIGITS_MAX = 19;

const TOKEN_PREFIX = 'pan1_';
const TOKEN_PURPOSE = 'holdfast/pan-token/1\0';
const LAST = 4;
/** So many digits are missing from every truncated number, however short the number is. */
const HIDDEN_MIN = 4;

/** What may be stored of a number: both ends and its length, never more. */
export type TruncatedPan = { readonly first: string; readonly last: string; readonly length: number };

/** Whether the bytes are 8 to 19 digits. The check digit is another question: see `isLuhnValid`. */
export function isPan(digits: Uint8Array): boolean {
  return digits.length >= PAN_DIGITS_MIN && digits.length <= PAN_DIGITS_MAX && areDigits(digits);
}

/** The identifier of the issuer: eight digits, or six where the number has 15 digits or fewer. */
export function binOf(pan: Uint8Array): string {
  assert(isPan(pan), 'a card number has 8 to 19 digits');
  return asciiText(pan.subarray(0, pan.length > 15 ? 8 : 6));
}

/**
 * The most that may be kept: of 16 digits the first eight and the last four, of every other length the first six and the
 * last four, and fewer of the first where less than four digits would be missing.
 */
export function truncatePan(pan: Uint8Array): TruncatedPan {
  assert(isPan(pan), 'a card number has 8 to 19 digits');
  const first = Math.min(pan.length === 16 ? 8 : 6, pan.length - LAST - HIDDEN_MIN);
  return {
    first: asciiText(pan.subarray(0, first)),
    last: asciiText(pan.subarray(-LAST)),
    length: pan.length,
  };
}

/** The truncated number in the width of the whole one, with a mask for each missing digit: `42424242****4242`. */
export function maskPan(pan: Uint8Array, mask = '*'): string {
  assert(mask.length === 1 && !/\d/.test(mask), 'a mask is one character that is no digit');
  const { first, last, length } = truncatePan(pan);
  return first + mask.repeat(length - first.length - last.length) + last;
}

/** Only the last four digits behind masks, as a receipt for the customer shows them. */
export function maskAllButLast(pan: Uint8Array, mask = '*'): string {
  assert(mask.length === 1 && !/\d/.test(mask), 'a mask is one character that is no digit');
  const { last, length } = truncatePan(pan);
  return mask.repeat(length - last.length) + last;
}

/**
 * A name for the number that does not lead back to it without the key: HMAC-SHA-256 over a purpose and the digits, as
 * `pan1_` and 43 characters of base64url. A plain hash would fall to guessing the few digits that truncation leaves open.
 */
export function tokenOf(pan: Uint8Array, key: Secret): string {
  assert(isPan(pan), 'a card number has 8 to 19 digits');
  return TOKEN_PREFIX + toBase64Url(key.use((bytes) => hmacSha256(bytes, TOKEN_PURPOSE, pan)));
}
