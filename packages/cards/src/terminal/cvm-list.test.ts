import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { parseCvmList, writeCvmList } from './cvm-list.ts';

type Vectors = { cases: { hex: string; x: number; y: number; rules: string[] }[]; reject: string[] };

const file = new URL('../../../../docs/vectors/payments/cvm-list.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8')).cvmList;

function read(text: string): { x: number; y: number; rules: string[] } | string {
  const result = parseCvmList(fromHex(text));
  if (!result.ok) return result.reason;
  const { x, y, rules } = result.list;
  const texts = rules.map(({ code, condition }) => toHex(Uint8Array.of(code, condition)));
  return { x: Number(x), y: Number(y), rules: texts };
}

test.each(vectors.cases)('list $hex', ({ hex, x, y, rules }) => {
  expect(read(hex)).toEqual({ x, y, rules });
});

test.each(vectors.cases)('a changed digit of $hex changes what is read', ({ hex, x, y, rules }) => {
  for (let at = 0; at < hex.length; at += 1) {
    const changed = `${hex.slice(0, at)}${hex[at] === '0' ? '1' : '0'}${hex.slice(at + 1)}`;
    expect(read(changed)).not.toEqual({ x, y, rules });
  }
});

test.each(vectors.reject)('refuses %s', (hex) => {
  expect(parseCvmList(fromHex(hex)).ok).toBe(false);
});

test('the methods by their codes', () => {
  const codes = ['00', '41', '02', '03', '44', '05', '06', '0F', '1E', '5F', '10', '20', '3F'];
  const result = parseCvmList(fromHex(`0000000000000000${codes.map((code) => `${code}00`).join('')}`));
  expect(result.ok && result.list.rules.map(({ method }) => method)).toEqual([
    'fail',
    'plain_offline_pin',
    'online_pin',
    'plain_offline_pin_and_signature',
    'enciphered_offline_pin',
    'enciphered_offline_pin_and_signature',
    'biometric',
    'biometric',
    'signature',
    'no_cvm',
    'unrecognised',
    'unrecognised',
    'unrecognised',
  ]);
  expect(result.ok && result.list.rules.map(({ appliesNext }) => appliesNext).indexOf(true)).toBe(1);
});

test('what is written is read, and every truncation to half a rule is refused', () => {
  const amount = fc.bigInt({ min: 0n, max: 0xffff_ffffn });
  const rule = fc.record({
    code: fc.integer({ min: 0, max: 255 }),
    condition: fc.integer({ min: 0, max: 255 }),
  });
  const list = fc.record({ x: amount, y: amount, rules: fc.array(rule, { minLength: 1, maxLength: 122 }) });
  fc.assert(
    fc.property(list, (written) => {
      const bytes = writeCvmList(written);
      expect(parseCvmList(bytes)).toMatchObject({ ok: true, list: written });
      expect(parseCvmList(bytes.subarray(0, -1)).ok).toBe(false);
    }),
  );
});

test.each([0, 7, 8, 9, 11, 253, 254])('refuses %i bytes', (length) => {
  expect(parseCvmList(new Uint8Array(length)).ok).toBe(false);
});
