import { Secret } from '@holdfast/crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { aesMac, decipherAesData, encipherAesData } from './aes-messages.ts';

test('the code of a message is its CMAC (SP 800-38B D.1)', () => {
  const key = new Secret(fromHex('2B7E151628AED2A6ABF7158809CF4F3C'));
  expect(toHex(aesMac(key, fromHex('6BC1BEE22E409F96E93D7E117393172A')))).toBe(
    '070A16B46B4D4144F79BDD9DD04A287C',
  );
});

test('the first block under an initial vector (SP 800-38A F.2.1)', () => {
  const key = new Secret(fromHex('2B7E151628AED2A6ABF7158809CF4F3C'));
  const [data, iv] = ['6BC1BEE22E409F96E93D7E117393172A', '000102030405060708090A0B0C0D0E0F'].map(fromHex);
  if (data === undefined || iv === undefined) throw new Error('there are two');
  expect(toHex(encipherAesData(key, { data, iv }))).toBe('7649ABAC8119B246CEE98E9B12E9197D');
});

test('what is enciphered is deciphered, with zeros after it', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes(24), bytes(16), (data, keyBytes, iv) => {
      const key = new Secret(keyBytes);
      const opened = decipherAesData(key, { data: encipherAesData(key, { data, iv }), iv });
      expect(opened.subarray(0, data.length)).toEqual(data);
      expect(opened.subarray(data.length).every((byte) => byte === 0)).toBe(true);
    }),
  );
});
