import { readFileSync } from 'node:fs';
import { createVirtualPorts } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { decipherPinBlock4, encipherPinBlock4, panField4 } from './pin-block-4.ts';
import type { ReadPin } from './pin-field.ts';

type Case = { key: string; pin: string; pan: string; random?: string; block: string };
type Vectors = { format4: Case[]; format4panField: { pan: string; field: string }[] };
const file = new URL('../../../../docs/vectors/payments/pin-blocks.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8')).pinBlocks;
const ascii = (text: string) => new TextEncoder().encode(text);
const { random } = createVirtualPorts({ seed: 2 });

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength, maxLength }).map((list) => list.join(''));

test.each(vectors.format4)('the block of $pin with $pan is deciphered', (vector) => {
  const key = new Secret(fromHex(vector.key));
  const pan = ascii(vector.pan);
  expect(shown(decipherPinBlock4({ block: fromHex(vector.block), pan, key }))).toBe(vector.pin);
  for (let at = 0; at < 16; at += 1) {
    const block = fromHex(vector.block);
    block[at] = (block[at] ?? 0) ^ 1;
    expect(shown(decipherPinBlock4({ block, pan, key }))).not.toBe(vector.pin);
  }
});

test.each(vectors.format4.filter(({ random: bytes }) => bytes !== undefined))(
  'and made: $block',
  (vector) => {
    const key = new Secret(fromHex(vector.key));
    const fixed = { ...random, bytes: () => fromHex(vector.random ?? '') };
    const block = encipherPinBlock4({ pin: ascii(vector.pin), pan: ascii(vector.pan), key, random: fixed });
    expect(toHex(block)).toBe(vector.block);
  },
);

test.each(vectors.format4panField)('the field of the number $pan', ({ pan, field }) => {
  expect(toHex(panField4(ascii(pan)))).toBe(field);
});

test.each([
  ['123456789012', '01234567890120000000000000000000'],
  ['12345', '00000000123450000000000000000000'],
  ['1234567890123', '11234567890123000000000000000000'],
  ['1234567890123456789', '71234567890123456789000000000000'],
])('the field of the number %s', (pan, field) => {
  expect(toHex(panField4(ascii(pan)))).toBe(field);
});

test('what is enciphered is deciphered, with every length of key; another number is refused', () => {
  const keys = fc
    .constantFrom(16, 24, 32)
    .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  fc.assert(
    fc.property(digits(4, 12), digits(1, 19), keys, (pin, pan, bytes) => {
      const key = new Secret(bytes);
      const block = encipherPinBlock4({ pin: ascii(pin), pan: ascii(pan), key, random });
      expect(shown(decipherPinBlock4({ block, pan: ascii(pan), key }))).toBe(pin);
      const other = ascii(pan);
      other[0] = (other[0] ?? 0) ^ 1;
      expect(shown(decipherPinBlock4({ block, pan: other, key }))).not.toBe(pin);
    }),
  );
});

test('a truncated block and a malformed number are refused', () => {
  const key = new Secret(new Uint8Array(16));
  for (let length = 0; length < 20; length += 1) {
    if (length === 16) continue;
    const read = decipherPinBlock4({ block: new Uint8Array(length), pan: ascii('4111111111111111'), key });
    expect(read).toEqual({ ok: false, reason: 'block_length' });
  }
  const read = decipherPinBlock4({ block: new Uint8Array(16), pan: ascii('41 1'), key });
  expect(read).toEqual({ ok: false, reason: 'pan_malformed' });
});

function shown(result: ReadPin): string {
  return result.ok ? result.pin.use((bytes) => new TextDecoder().decode(bytes)) : result.reason;
}
