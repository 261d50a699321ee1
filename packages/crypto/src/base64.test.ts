import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CROCKFORD, fromBase64Url, toBase64Url, toCrockford } from './base64.ts';

test('bytes survive base64url, also those of a view', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(4), (bytes, from) => {
      const view = bytes.subarray(Math.min(from, bytes.length));
      expect(fromBase64Url(toBase64Url(view))).toEqual(Buffer.from(view));
    }),
  );
});

test('only one text stands for given bytes', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 6 }), (text) => {
      const bytes = fromBase64Url(text);
      if (bytes !== undefined) expect(toBase64Url(bytes)).toBe(text);
    }),
  );
  for (const bad of ['A', 'AA==', 'AB', 'A+/A', 'AA AA', 'AA\n', 'ÄÄÄÄ']) {
    expect(fromBase64Url(bad), bad).toBeUndefined();
  }
  expect(fromBase64Url('')).toEqual(Buffer.alloc(0));
});

test('Crockford text is the number of the leading bits, in base 32', () => {
  expect(toCrockford(Uint8Array.of(0xff, 0x00, 0xff), 4)).toBe('ZW0F');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      const length = Math.floor((bytes.length * 8) / 5);
      const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const expected = Array.from({ length }, (_, i) =>
        CROCKFORD.charAt(Number.parseInt(bits.slice(i * 5, i * 5 + 5), 2)),
      );
      expect(toCrockford(bytes, length)).toBe(expected.join(''));
    }),
  );
  expect(() => toCrockford(new Uint8Array(2), 4)).toThrow();
});
