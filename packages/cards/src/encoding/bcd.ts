/**
 * Digits packed two a byte (BCD), as EMV writes numbers (format n, right-justified, zeros before it) and compressed
 * numbers (format cn, left-justified, `F` after it). Digits are bytes of ASCII here, because those of a card number must
 * be wiped, which no string can be.
 */
import { assert } from '@holdfast/base';

const ZERO = 0x30;
const FILLER = 0xf;

/** The digits of a number in format n, with the zeros before it; undefined where half a byte is no digit. */
export function readNumeric(bytes: Uint8Array): Uint8Array | undefined {
  const digits = new Uint8Array(2 * bytes.length);
  for (let index = 0; index < digits.length; index += 1) {
    const nibble = nibbleAt(bytes, index);
    if (nibble > 9) return undefined;
    digits[index] = ZERO + nibble;
  }
  return digits;
}

/** The digits of a number in format cn, without its filler; undefined where something else stands, or nothing at all. */
export function readCompressed(bytes: Uint8Array): Uint8Array | undefined {
  let length = 2 * bytes.length;
  while (length > 0 && nibbleAt(bytes, length - 1) === FILLER) length -= 1;
  const digits = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    const nibble = nibbleAt(bytes, index);
    if (nibble > 9) return undefined;
    digits[index] = ZERO + nibble;
  }
  return digits;
}

/** A number in format n of `length` bytes; the digits must fit. */
export function writeNumeric(digits: Uint8Array, length: number): Uint8Array {
  assert(digits.length <= 2 * length, 'the digits fit into the field');
  const bytes = new Uint8Array(length);
  const offset = 2 * length - digits.length;
  digits.forEach((digit, index) => {
    setNibble(bytes, offset + index, digitOf(digit));
  });
  return bytes;
}

/** A number in format cn: of `length` bytes, or of as many as the digits take. */
export function writeCompressed(digits: Uint8Array, length = Math.ceil(digits.length / 2)): Uint8Array {
  assert(digits.length <= 2 * length, 'the digits fit into the field');
  const bytes = new Uint8Array(length).fill(0xff);
  digits.forEach((digit, index) => {
    setNibble(bytes, index, digitOf(digit));
  });
  return bytes;
}

function digitOf(ascii: number): number {
  const digit = ascii - ZERO;
  assert(digit >= 0 && digit <= 9, 'a digit is between 0 and 9');
  return digit;
}

function nibbleAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index >> 1] ?? 0;
  return index % 2 === 0 ? byte >> 4 : byte & 0xf;
}

function setNibble(bytes: Uint8Array, index: number, nibble: number): void {
  const at = index >> 1;
  const byte = bytes[at] ?? 0;
  bytes[at] = index % 2 === 0 ? (nibble << 4) | (byte & 0xf) : (byte & 0xf0) | nibble;
}
