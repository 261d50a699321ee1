import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { aesKeyCheckValue, desKeyCheckValue, hasOddParity, withOddParity } from './key-check.ts';

const file = new URL('../../../../docs/vectors/payments/cryptogram.json', import.meta.url);
const cases: { key: string; kcv: string }[] = JSON.parse(readFileSync(file, 'utf8')).cryptogram
  .keyCheckValues;

test.each(cases)('the check value of $key', ({ key, kcv }) => {
  expect(toHex(desKeyCheckValue(fromHex(key)))).toBe(kcv);
});

test('the check value of an AES key is the beginning of a CMAC', () => {
  // CMAC of sixteen zeros with a key of zeros, calculated with OpenSSL.
  expect(toHex(aesKeyCheckValue(new Uint8Array(16)))).toBe('763CBCDE81');
});

test('odd parity changes lowest bits alone, once, and is recognised', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 24 }), (key) => {
      const odd = withOddParity(key);
      expect(hasOddParity(odd)).toBe(true);
      expect(withOddParity(odd)).toEqual(odd);
      expect(odd.map((byte) => byte >> 1)).toEqual(key.map((byte) => byte >> 1));
      for (const byte of odd) expect(byte.toString(2).replaceAll('0', '').length % 2).toBe(1);
    }),
  );
  expect(hasOddParity(Uint8Array.of(0x03))).toBe(false);
});
