/** The check digit of a card number (ISO/IEC 7812-1 Annex B, the Luhn formula). */
import { assert } from '@holdfast/base';
import { areDigits, digitAt } from '../encoding/digits.ts';

const ZERO = 0x30;

/** Whether the last of the ASCII digits is the check digit of those before it; false for anything but digits. */
export function isLuhnValid(digits: Uint8Array): boolean {
  if (digits.length < 2 || !areDigits(digits)) return false;
  return luhnSum(digits, digits.length % 2) % 10 === 0;
}

/** The check digit, as ASCII, of a number that lacks it. */
export function luhnDigit(digits: Uint8Array): number {
  assert(digits.length > 0 && areDigits(digits), 'a check digit is that of digits');
  return ZERO + ((10 - (luhnSum(digits, (digits.length + 1) % 2) % 10)) % 10);
}

/** `parity` is that of the places whose digits are doubled. */
function luhnSum(digits: Uint8Array, parity: number): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digitAt(digits, index) * (index % 2 === parity ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum;
}
