import { LIMITS, systemRandom } from '@holdfast/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkServerNonce, createServerNonce } from './server-nonce.ts';

const macKey = Buffer.alloc(32, 1);
const nowMs = 1_764_000_000_000;
const make = (keyId?: string): string => createServerNonce({ macKey, nowMs, random: systemRandom, keyId });

test('is url-safe, without a dot, and never the same', () => {
  expect(make()).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect(new Set(Array.from({ length: 100 }, () => make())).size).toBe(100);
});

test('is good until its age is over, and for its key alone', () => {
  const nonce = make('dk_a');
  const at = (ms: number) => checkServerNonce({ macKey, nowMs: nowMs + ms, nonce, keyId: 'dk_a' });
  expect([0, LIMITS.nonceAgeMs, -1_000].map(at)).toEqual(['ok', 'ok', 'ok']);
  expect([LIMITS.nonceAgeMs + 1, -LIMITS.nonceAgeMs - 1, 1e12].map(at)).toEqual([
    'expired',
    'expired',
    'expired',
  ]);
  expect(checkServerNonce({ macKey, nowMs, nonce, keyId: 'dk_b' })).toBe('forged');
  expect(checkServerNonce({ macKey, nowMs, nonce })).toBe('forged');
  expect(checkServerNonce({ macKey, nowMs, nonce: make(), keyId: 'dk_a' })).toBe('forged');
  expect(checkServerNonce({ macKey, nowMs, nonce: make(''), keyId: undefined })).toBe('forged');
  expect(checkServerNonce({ macKey: Buffer.alloc(32, 2), nowMs, nonce, keyId: 'dk_a' })).toBe('forged');
});

test('no other text passes', () => {
  const nonce = make();
  fc.assert(
    fc.property(fc.nat(63), fc.constantFrom(...'ABCxyz019-_.= '), (at, char) => {
      const edited = nonce.slice(0, at) + char + nonce.slice(at + 1);
      if (edited !== nonce) expect(checkServerNonce({ macKey, nowMs, nonce: edited })).toBe('forged');
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(checkServerNonce({ macKey, nowMs, nonce: text })).toBe('forged');
    }),
  );
  for (const bad of [`${nonce}A`, nonce.slice(0, 60), `${nonce}=`]) {
    expect(checkServerNonce({ macKey, nowMs, nonce: bad })).toBe('forged');
  }
});
