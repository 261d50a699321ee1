import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { caKeyChecksum, createCaKeys, type DeliveredCaKey } from './ca-keys.ts';

type Key = { rid: string; caIndex: string; caModulus: string; caExponent: string; caChecksum: string };
const file = new URL('../../../../docs/vectors/payments/emv-oda.json', import.meta.url);
const { emvOdaDda, emvOdaCda }: { emvOdaDda: Key; emvOdaCda: Key } = JSON.parse(readFileSync(file, 'utf8'));
const [visa, mastercard] = [emvOdaDda, emvOdaCda].map(keyOf);
if (visa === undefined || mastercard === undefined) throw new Error('there are two keys');

test('checksums are those that were published', () => {
  expect(toHex(caKeyChecksum(visa))).toBe(emvOdaDda.caChecksum);
  expect(toHex(caKeyChecksum(mastercard))).toBe(emvOdaCda.caChecksum);
});

test('a key is found by scheme and index', () => {
  const created = createCaKeys({ keys: [visa, mastercard], revoked: [] });
  if (!created.ok) throw new Error(created.reason);
  expect(created.caKeys.find(visa.rid, 0x94)?.modulus).toEqual(visa.modulus);
  expect(created.caKeys.find(mastercard.rid, 0x94)).toBeUndefined();
  expect(created.caKeys.find(mastercard.rid, 0xf1)?.modulus).toEqual(mastercard.modulus);
});

test.each<[string, Partial<DeliveredCaKey>]>([
  ['checksum', { checksum: new Uint8Array(20) }],
  ['checksum', { checksum: new Uint8Array() }],
  ['checksum', { index: 0x95 }],
  ['form', { index: 256 }],
  ['form', { rid: fromHex('A0000000') }],
  ['form', { exponent: Uint8Array.of(5) }],
  ['form', { modulus: new Uint8Array(249).fill(0xff) }],
])('a delivered key with a wrong %s is refused, and its place is named', (reason, changes) => {
  const created = createCaKeys({ keys: [mastercard, { ...visa, ...changes }], revoked: [] });
  expect(created).toEqual({ ok: false, at: 1, reason });
});

test('two keys of one name are refused', () => {
  const created = createCaKeys({ keys: [visa, visa], revoked: [] });
  expect(created).toEqual({ ok: false, at: 1, reason: 'duplicate' });
});

function keyOf(key: Key): DeliveredCaKey {
  return {
    rid: fromHex(key.rid),
    index: Number.parseInt(key.caIndex, 16),
    modulus: fromHex(key.caModulus),
    exponent: fromHex(key.caExponent),
    checksum: fromHex(key.caChecksum),
  };
}
