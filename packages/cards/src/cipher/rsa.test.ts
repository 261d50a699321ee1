import { createVirtualPorts } from '@holdfast/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAllowedExponent, isAllowedModulus, rsaPrivate, rsaPublic } from './rsa.ts';
import { generateRsaKey } from './rsa-key-pair.ts';

const { random } = createVirtualPorts({ seed: 5 });
const LENGTHS = [64, 65, 96, 112, 128];

test.each(LENGTHS)('a key of %i bytes has all its bits and undoes itself', (modulusLength) => {
  for (const exponent of [3, 65537] as const) {
    const key = generateRsaKey({ modulusLength, exponent, random });
    const { modulus } = key.publicKey;
    expect(modulus.length).toBe(modulusLength);
    expect((modulus[0] ?? 0) >> 7).toBe(1);
    const block = random.bytes(modulusLength);
    block[0] = 0x6a;
    expect(rsaPublic(key.publicKey, rsaPrivate(key, block))).toEqual(block);
  }
});

test('the same seed makes the same key', () => {
  const options = { modulusLength: 64, exponent: 3 } as const;
  const keys = [9, 9, 10].map((seed) =>
    generateRsaKey({ ...options, random: createVirtualPorts({ seed }).random }),
  );
  expect(keys[0]?.publicKey).toEqual(keys[1]?.publicKey);
  expect(keys[0]?.publicKey).not.toEqual(keys[2]?.publicKey);
});

test('a block that is too long, too short or too large a number is refused', () => {
  const { publicKey } = generateRsaKey({ modulusLength: 64, exponent: 3, random });
  expect(rsaPublic(publicKey, new Uint8Array(63))).toBeUndefined();
  expect(rsaPublic(publicKey, new Uint8Array(65))).toBeUndefined();
  expect(rsaPublic(publicKey, publicKey.modulus)).toBeUndefined();
  expect(rsaPublic(publicKey, new Uint8Array(64).fill(0xff))).toBeUndefined();
});

test('only the exponents and moduli of EMV are allowed', () => {
  expect([Uint8Array.of(3), Uint8Array.of(1, 0, 1)].every(isAllowedExponent)).toBe(true);
  const others = [[], [2], [0, 3], [1, 0, 2], [0, 1, 0, 1], [1, 1, 1]].map((bytes) => Uint8Array.from(bytes));
  expect(others.some(isAllowedExponent)).toBe(false);
  const modulus = new Uint8Array(64).fill(0xff);
  expect(isAllowedModulus(modulus)).toBe(true);
  expect(isAllowedModulus(modulus.with(0, 0))).toBe(false);
  expect(isAllowedModulus(modulus.with(63, 0xfe))).toBe(false);
  expect(isAllowedModulus(new Uint8Array(249).fill(0xff))).toBe(false);
  expect(isAllowedModulus(new Uint8Array(63).fill(0xff))).toBe(false);
});

test('no key from outside makes the operation throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 260 }),
      fc.oneof(
        fc.constant(Uint8Array.of(3)),
        fc.constant(Uint8Array.of(1, 0, 1)),
        fc.uint8Array({ maxLength: 4 }),
      ),
      fc.uint8Array({ maxLength: 260 }),
      (modulus, exponent, block) => {
        const fitted = block.slice(0, modulus.length);
        for (const data of [block, fitted]) {
          const result = rsaPublic({ modulus, exponent }, data);
          if (result !== undefined) expect(result.length).toBe(modulus.length);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a modulus that is no product of two primes is calculated with nevertheless', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 80 }), (bytes) => {
      const modulus = bytes.with(0, 0x80 | (bytes[0] ?? 0)).with(-1, 1 | (bytes.at(-1) ?? 0));
      const block = new Uint8Array(modulus.length).with(-1, 2);
      expect(rsaPublic({ modulus, exponent: Uint8Array.of(3) }, block)?.at(-1)).toBe(8);
    }),
    { numRuns: 50 },
  );
});
