import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { fromWire, toWire, type WireCode, wireLength } from './wire-codes.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const written = (text: string, code: WireCode) => toHex(toWire(bytes(text), code) ?? new Uint8Array());
const read = (hex: string, units: number, code: WireCode) => {
  const content = fromWire(fromHex(hex), units, code);
  return content && new TextDecoder().decode(content);
};

test('digits have the forms that their codes say', () => {
  expect(written('123', 'ascii')).toBe('313233');
  expect(written('123', 'ebcdic-1047')).toBe('F1F2F3');
  expect(written('123', 'bcd-left')).toBe('0123');
  expect(written('123', 'bcd-right-zero')).toBe('1230');
  expect(written('123', 'bcd-right-f')).toBe('123F');
  expect(written('1234', 'bcd-left')).toBe('1234');
  expect(written('12=34', 'bcd-right-f')).toBe('12D34F');
  expect(written('12D34', 'bcd-left')).toBe('012D34');
  expect(written('', 'bcd-left')).toBe('');
});

test('a filler that is not the one of the code, and half a byte that is no digit, are refused', () => {
  expect(read('0123', 3, 'bcd-left')).toBe('123');
  expect(read('1123', 3, 'bcd-left')).toBeUndefined();
  expect(read('1230', 3, 'bcd-right-zero')).toBe('123');
  expect(read('123F', 3, 'bcd-right-zero')).toBeUndefined();
  expect(read('123F', 3, 'bcd-right-f')).toBe('123');
  expect(read('1230', 3, 'bcd-right-f')).toBeUndefined();
  expect(read('12A4', 4, 'bcd-left')).toBeUndefined();
  expect(read('12D4', 4, 'bcd-left')).toBe('12=4');
  expect(toWire(bytes('12x4'), 'bcd-left')).toBeUndefined();
  expect(toWire(bytes('12:4'), 'bcd-left')).toBeUndefined();
});

test('bytes are themselves or hexadecimal digits', () => {
  expect(toWire(fromHex('0AFF'), 'binary')).toEqual(fromHex('0AFF'));
  expect(toWire(fromHex('0AFF'), 'hex-ascii')).toEqual(bytes('0AFF'));
  expect(toHex(toWire(fromHex('0A'), 'hex-ebcdic-037') ?? new Uint8Array())).toBe('F0C1');
  expect(fromWire(bytes('0aFF'), 2, 'hex-ascii')).toEqual(fromHex('0AFF'));
  for (const text of ['0G', '0g', '0/', '0:', '0@', '0`', '0p', '0 ']) {
    expect(fromWire(bytes(text), 1, 'hex-ascii'), text).toBeUndefined();
  }
  expect(fromWire(fromHex('F0C1'), 1, 'hex-ebcdic-1047')).toEqual(fromHex('0A'));
  expect(fromWire(fromHex('00C1'), 1, 'hex-ebcdic-1047')).toBeUndefined();
});

test('each byte has its two hexadecimal digits, in either case', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const digits = toWire(all, 'hex-ascii') ?? new Uint8Array();
  expect(new TextDecoder().decode(digits)).toBe(toHex(all));
  expect(fromWire(bytes(toHex(all)), 256, 'hex-ascii')).toEqual(all);
  expect(fromWire(bytes(toHex(all).toLowerCase()), 256, 'hex-ascii')).toEqual(all);
});

test('content comes back from every code', () => {
  const codes = fc.constantFrom<WireCode>(
    'ascii',
    'ebcdic-037',
    'ebcdic-1047',
    'bcd-left',
    'bcd-right-zero',
    'bcd-right-f',
    'binary',
    'hex-ascii',
    'hex-ebcdic-037',
    'hex-ebcdic-1047',
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9=]{0,40}$/), codes, (text, code) => {
      const wire = toWire(bytes(text), code) ?? new Uint8Array();
      expect(wire).toHaveLength(wireLength(text.length, code));
      expect(fromWire(wire, text.length, code)).toEqual(bytes(text));
    }),
  );
});
