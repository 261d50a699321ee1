import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCompressed, readNumeric, writeCompressed, writeNumeric } from './bcd.ts';
import { fromHex, toHex } from './hex.ts';

const encoder = new TextEncoder();
const digits = fc.stringMatching(/^[0-9]{0,20}$/);
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

test('a number is right-justified behind zeros, a compressed one left-justified before F', () => {
  expect(toHex(writeNumeric(encoder.encode('12345'), 6))).toBe('000000012345');
  expect(toHex(writeCompressed(encoder.encode('12345'), 6))).toBe('12345FFFFFFF');
  expect(toHex(writeCompressed(encoder.encode('123')))).toBe('123F');
});

test('digits come back from both forms', () => {
  fc.assert(
    fc.property(digits, fc.nat(4), (number, extra) => {
      const length = Math.ceil(number.length / 2) + extra;
      const bytes = encoder.encode(number);
      expect(text(readNumeric(writeNumeric(bytes, length)))).toBe(number.padStart(2 * length, '0'));
      expect(text(readCompressed(writeCompressed(bytes, length)))).toBe(number);
    }),
  );
});

test('half a byte that is no digit is refused', () => {
  for (const hex of ['1A', 'A1', '12F4', 'F1']) {
    expect(readNumeric(fromHex(hex))).toBeUndefined();
    expect(readCompressed(fromHex(hex))).toBeUndefined();
  }
  expect(readNumeric(fromHex('1F'))).toBeUndefined();
});

test('what does not fit, and what is no digit, is a defect of the program', () => {
  expect(() => writeNumeric(encoder.encode('123'), 1)).toThrow('the digits fit into the field');
  expect(() => writeCompressed(encoder.encode('123'), 1)).toThrow('the digits fit into the field');
  expect(() => writeNumeric(encoder.encode('1A'), 1)).toThrow('a digit is between 0 and 9');
});
