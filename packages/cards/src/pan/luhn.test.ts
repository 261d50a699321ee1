import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLuhnValid, luhnDigit } from './luhn.ts';

const VECTORS = new URL('../../../../docs/vectors/payments/luhn.json', import.meta.url);
const { luhn } = JSON.parse(readFileSync(VECTORS, 'utf8'));
const encoder = new TextEncoder();

test('the published numbers are right, and the wrong ones wrong', () => {
  for (const number of luhn.valid) expect(isLuhnValid(encoder.encode(number)), number).toBe(true);
  for (const number of luhn.invalid) expect(isLuhnValid(encoder.encode(number)), number).toBe(false);
});

test('one changed digit of a right number is seen, whichever it is', () => {
  for (const number of luhn.valid) {
    const bytes = encoder.encode(number);
    for (let index = 0; index < bytes.length; index += 1) {
      for (let digit = 0x30; digit <= 0x39; digit += 1) {
        const changed = bytes.with(index, digit);
        expect(isLuhnValid(changed)).toBe(changed[index] === bytes[index]);
      }
    }
  }
});

test('a number with its computed digit is right', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{1,18}$/), (number) => {
      const digits = encoder.encode(number);
      expect(isLuhnValid(Uint8Array.of(...digits, luhnDigit(digits)))).toBe(true);
    }),
  );
});

test('anything but digits is wrong', () => {
  for (const text of ['', '0', '4242 4242 4242 4242', '424242424242424a', '/0']) {
    expect(isLuhnValid(encoder.encode(text)), text).toBe(false);
  }
  expect(() => luhnDigit(encoder.encode('12a'))).toThrow('a check digit is that of digits');
  expect(() => luhnDigit(new Uint8Array())).toThrow('a check digit is that of digits');
});
