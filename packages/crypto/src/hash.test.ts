import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmacSha256, sameBytes, sha256, sha256Hex } from './hash.ts';

test('FIPS 180-4 example: "abc"', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('RFC 4231 case 2', () => {
  const mac = hmacSha256(Buffer.from('Jefe'), 'what do ya want ', 'for nothing?');
  expect(mac.toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('parts hash and MAC as their concatenation', () => {
  const part = fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(part), fc.uint8Array(), (parts, key) => {
      const whole = Buffer.concat(parts.map((each) => Buffer.from(each)));
      expect(sha256(...parts)).toEqual(createHash('sha256').update(whole).digest());
      expect(hmacSha256(key, ...parts)).toEqual(createHmac('sha256', key).update(whole).digest());
    }),
  );
});

test('sameBytes is equality of contents', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3, max: 2 }), fc.uint8Array({ maxLength: 3, max: 2 }), (a, b) => {
      expect(sameBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
    }),
  );
});
