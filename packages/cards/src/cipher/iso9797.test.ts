import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { desEncrypt } from './des.ts';
import { type MacPadding, macAlgorithm1, macAlgorithm3, padded } from './iso9797.ts';

type Case = { key: string; text: string; padding: MacPadding; mac: string };
const file = new URL('../../../../docs/vectors/payments/cryptogram.json', import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(file, 'utf8')).cryptogram.iso9797;

test.each(cases)('algorithm 3 with padding method $padding', ({ key, text, padding, mac }) => {
  expect(toHex(macAlgorithm3(fromHex(key), new TextEncoder().encode(text), padding))).toBe(mac);
  expect(toHex(macAlgorithm3(fromHex(key), new TextEncoder().encode(`${text}!`), padding))).not.toBe(mac);
});

test('algorithm 1, the examples of ISO/IEC 9797-1', () => {
  const data = new TextEncoder().encode('Now is the time for all ');
  expect(toHex(macAlgorithm1(fromHex('0123456789ABCDEF'), data, 1))).toBe('70A30640CC76DD8B');
  expect(toHex(macAlgorithm1(fromHex('0123456789ABCDEF'), data, 2))).toBe('10E1F0F108341B6D');
});

test('algorithm 3, the examples of ISO/IEC 9797-1', () => {
  const key = fromHex('0123456789ABCDEFFEDCBA9876543210');
  const data = new TextEncoder().encode('Now is the time for all ');
  expect(toHex(macAlgorithm3(key, data, 1))).toBe('A1C72E74EA3FA9B6');
  expect(toHex(macAlgorithm3(key, data, 2))).toBe('E9086230CA3BE796');
});

test('padding method 1 leaves whole blocks alone and makes one of nothing, method 2 always adds', () => {
  expect(padded(new Uint8Array(8).fill(7), 1)).toEqual(new Uint8Array(8).fill(7));
  expect(padded(new Uint8Array(), 1)).toEqual(new Uint8Array(8));
  expect(toHex(padded(new Uint8Array(8).fill(7), 2))).toBe('07070707070707078000000000000000');
  expect(toHex(padded(Uint8Array.of(7), 2))).toBe('0780000000000000');
});

test('with two equal halves algorithm 3 is algorithm 1', () => {
  const key = fromHex('0123456789ABCDEF');
  const data = fromHex('1122334455667788AABB');
  const both = fromHex('0123456789ABCDEF0123456789ABCDEF');
  expect(macAlgorithm3(both, data, 2)).toEqual(macAlgorithm1(key, data, 2));
  expect(macAlgorithm1(key, fromHex('1122334455667788'), 1)).toEqual(
    desEncrypt(key, fromHex('1122334455667788')),
  );
});
