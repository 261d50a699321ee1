import { systemRandom } from '@holdfast/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { sha256 } from './hash.ts';
import { openKey, sealKey } from './sealed-key.ts';

const secret = Buffer.from(systemRandom.bytes(32));
const plain = sealKey({ secret, random: systemRandom });
const sealed = sealKey({ secret, passphrase: 'kräftskiva', random: systemRandom });

const edit = (text: string, change: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(text), ...change });
/** Edits as somebody who knows how the check value is made. */
const editWithCheck = (text: string, change: Record<string, unknown>): string => {
  const { check: _, ...rest } = { ...JSON.parse(text), ...change };
  return JSON.stringify({
    ...rest,
    check: sha256(canonicalJson(rest)).subarray(0, 16).toString('base64url'),
  });
};

describe('a key file in the clear', () => {
  test('opens, with or without a passphrase', () => {
    expect(openKey({ text: plain })).toEqual({ kind: 'ok', secret });
    expect(openKey({ text: plain, passphrase: 'any' })).toEqual({ kind: 'ok', secret });
  });

  test('with any one character changed or cut off never opens to another secret', () => {
    fc.assert(
      fc.property(fc.nat(plain.length - 1), fc.constantFrom(...'Aa0_-"{}, \n'), (at, char) => {
        const changed = openKey({ text: plain.slice(0, at) + char + plain.slice(at + 1) });
        if (changed.kind === 'ok') expect(changed.secret).toEqual(secret);
        // The last character is the line feed: without it the file is whole.
        if (at < plain.length - 2) expect(openKey({ text: plain.slice(0, at) }).kind).toBe('refused');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a sealed key file', () => {
  test('opens with its passphrase, however the accent was composed', () => {
    expect(openKey({ text: sealed, passphrase: 'kra\u0308ftskiva' })).toEqual({ kind: 'ok', secret });
    expect(JSON.parse(sealed)).toMatchObject({
      kdf: 'scrypt',
      n: 2 ** 17,
      r: 8,
      p: 1,
      cipher: 'aes-256-gcm',
    });
  });

  test('holds nothing of the secret in the clear', () => {
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(sealed).not.toContain(secret.toString(encoding).slice(0, 20));
    }
  });

  test('says what is wrong', () => {
    expect(openKey({ text: sealed })).toEqual({ kind: 'refused', reason: 'passphrase_needed' });
    expect(openKey({ text: sealed, passphrase: '' })).toEqual({
      kind: 'refused',
      reason: 'passphrase_needed',
    });
    expect(openKey({ text: sealed, passphrase: 'wrong' })).toEqual({
      kind: 'refused',
      reason: 'wrong_passphrase',
    });
  });

  test('edited together with its check value still does not open', () => {
    const passphrase = 'kräftskiva';
    const other = sealKey({ secret, passphrase, random: systemRandom });
    const forged = editWithCheck(sealed, { sealed: JSON.parse(other).sealed });
    expect(openKey({ text: forged, passphrase })).toEqual({ kind: 'refused', reason: 'wrong_passphrase' });
    for (const change of [
      { n: 2 },
      { kdf: 'none' },
      { cipher: 'none' },
      { nonce: 'AA' },
      { salt: 7 },
      { version: '1' },
    ]) {
      expect(openKey({ text: editWithCheck(sealed, change), passphrase })).toEqual({
        kind: 'refused',
        reason: 'damaged',
      });
    }
  });
});

test('damage is damage, with and without the passphrase', () => {
  const damaged = [
    '',
    'null',
    '[]',
    '7',
    '{}',
    plain.slice(0, 40),
    sealed.slice(0, -20),
    edit(plain, { secret: 'AAAA' }),
    edit(sealed, { salt: 'AAAA' }),
    edit(plain, { added: 1 }),
    edit(plain, { check: 7 }),
    editWithCheck(plain, { secret: 'AAAA' }),
  ];
  for (const text of damaged) {
    expect(openKey({ text }), text).toEqual({ kind: 'refused', reason: 'damaged' });
    expect(openKey({ text, passphrase: 'p' }), text).toEqual({ kind: 'refused', reason: 'damaged' });
  }
});

test('a version of the future is named as such', () => {
  expect(openKey({ text: edit(plain, { version: 2 }) })).toEqual({
    kind: 'refused',
    reason: 'unknown_version',
  });
});

test('a secret of another length and an empty passphrase are mistakes of the program', () => {
  expect(() => sealKey({ secret: secret.subarray(1), random: systemRandom })).toThrow();
  expect(() => sealKey({ secret, passphrase: '', random: systemRandom })).toThrow();
});
