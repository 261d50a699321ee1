import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { aesDecrypt, aesDecryptCbc, aesEncrypt, aesEncryptCbc } from './aes.ts';
import { concatBytes, wipe, xorBytes } from './bytes.ts';
import { desDecrypt, desDecryptCbc, desEncrypt, desEncryptCbc } from './des.ts';

const BLOCK = '6BC1BEE22E409F96E93D7E117393172A';

test.each([
  ['2B7E151628AED2A6ABF7158809CF4F3C', '3AD77BB40D7A3660A89ECAF32466EF97'],
  ['8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B', 'BD334F1D6E45F25FF712A214571FA5CC'],
  ['603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4', 'F3EED1BDB5D2A03C064B5A7E3DB181F8'],
])('AES of SP 800-38A F.1 with key %s', (key, enciphered) => {
  expect(toHex(aesEncrypt(fromHex(key), fromHex(BLOCK)))).toBe(enciphered);
  expect(toHex(aesDecrypt(fromHex(key), fromHex(enciphered)))).toBe(BLOCK);
});

test('AES chained, SP 800-38A F.2.1', () => {
  const key = fromHex('2B7E151628AED2A6ABF7158809CF4F3C');
  const iv = fromHex('000102030405060708090A0B0C0D0E0F');
  expect(toHex(aesEncryptCbc(key, fromHex(BLOCK), iv))).toBe('7649ABAC8119B246CEE98E9B12E9197D');
});

test('single DES of the example in FIPS 81', () => {
  const key = fromHex('0123456789ABCDEF');
  const clear = fromHex('4E6F772069732074');
  expect(toHex(desEncrypt(key, clear))).toBe('3FA40E8A984D4815');
  expect(toHex(desDecrypt(key, fromHex('3FA40E8A984D4815')))).toBe(toHex(clear));
});

test('triple DES of SP 800-67 B.1', () => {
  const key = fromHex('0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123');
  const clear = new TextEncoder().encode('The qufck brown fox jump');
  const enciphered = 'A826FD8CE53B855FCCE21C8112256FE668D5C05DD9B6B900';
  expect(toHex(desEncrypt(key, clear))).toBe(enciphered);
});

test('what is enciphered can be deciphered, with every length of key and in both modes', () => {
  const blocks = fc.uint8Array({ minLength: 16, maxLength: 64 }).filter(({ length }) => length % 16 === 0);
  const desKeys = fc.constantFrom(8, 16, 24).chain((length) => bytes(length));
  const aesKeys = fc.constantFrom(16, 24, 32).chain((length) => bytes(length));
  fc.assert(
    fc.property(blocks, desKeys, aesKeys, bytes(8), bytes(16), (data, desKey, aesKey, iv8, iv16) => {
      expect(desDecrypt(desKey, desEncrypt(desKey, data))).toEqual(data);
      expect(desDecryptCbc(desKey, desEncryptCbc(desKey, data, iv8), iv8)).toEqual(data);
      expect(aesDecrypt(aesKey, aesEncrypt(aesKey, data))).toEqual(data);
      expect(aesDecryptCbc(aesKey, aesEncryptCbc(aesKey, data, iv16), iv16)).toEqual(data);
    }),
  );
});

test('keys and data of other lengths are a mistake of the program', () => {
  expect(() => desEncrypt(new Uint8Array(15), new Uint8Array(8))).toThrow('8, 16 or 24');
  expect(() => aesEncrypt(new Uint8Array(20), new Uint8Array(16))).toThrow('16, 24 or 32');
  expect(() => xorBytes(new Uint8Array(2), new Uint8Array(3))).toThrow('one length');
});

test('joined parts are a copy, and wiping reaches the array it is given', () => {
  const part = Uint8Array.of(1, 2);
  const joined = concatBytes(part, Uint8Array.of(3));
  wipe(part);
  expect(part).toEqual(Uint8Array.of(0, 0));
  expect(joined).toEqual(Uint8Array.of(1, 2, 3));
});

function bytes(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}
