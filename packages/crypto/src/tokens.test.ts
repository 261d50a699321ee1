import { systemRandom } from '@holdfast/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newCode, newToken, normaliseCode, tokenHash } from './tokens.ts';

test('a token is its prefix and 43 characters, never the same', () => {
  const tokens = Array.from({ length: 100 }, () => newToken('claim', systemRandom));
  for (const token of tokens) expect(token).toMatch(/^claim_[A-Za-z0-9_-]{43}$/);
  expect(new Set(tokens).size).toBe(100);
  expect(() => newToken('no_underscore', systemRandom)).toThrow();
});

test('a store keeps 64 hexadecimal digits', () => {
  expect(tokenHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('every byte gives a character, each of the 32 as often', () => {
  const every = { ...systemRandom, bytes: () => Uint8Array.from({ length: 256 }, (_, i) => i) };
  const counts = new Map<string, number>();
  for (const char of newCode(every, 256)) counts.set(char, (counts.get(char) ?? 0) + 1);
  expect([...counts.keys()].sort().join('')).toBe('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
  expect(new Set(counts.values())).toEqual(new Set([8]));
});

test('a code survives being typed badly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (length) => {
      const code = newCode(systemRandom, length);
      expect(code).toHaveLength(length);
      expect(normaliseCode(code)).toBe(code);
      const typed = ` ${code.slice(0, 3)}-${code.slice(3)} `
        .toLowerCase()
        .replace(/0/g, 'o')
        .replace(/1/g, 'l');
      expect(normaliseCode(typed)).toBe(code);
    }),
  );
});
