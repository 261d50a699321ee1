import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, parseHex, toHex } from './hex.ts';

test('bytes come back from their hexadecimal digits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
      expect(parseHex(toHex(bytes).toLowerCase())).toEqual(bytes);
    }),
  );
});

test('the digits are those of a view alone', () => {
  expect(toHex(Uint8Array.of(1, 0xab, 2).subarray(1, 2))).toBe('AB');
});

test('half a byte, a foreign character or a space is refused', () => {
  for (const text of ['0', '012', '0g', '01 02', ' 01', '0x01', '٠١', '01\n']) {
    expect(parseHex(text)).toBeUndefined();
    expect(() => fromHex(text)).toThrow('the text is hexadecimal');
  }
});
