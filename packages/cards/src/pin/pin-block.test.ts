import { readFileSync } from 'node:fs';
import { createVirtualPorts } from '@holdfast/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, parseHex, toHex } from '../encoding/hex.ts';
import {
  readPinBlock0,
  readPinBlock1,
  readPinBlock2,
  readPinBlock3,
  writePinBlock0,
  writePinBlock1,
  writePinBlock2,
  writePinBlock3,
} from './pin-block.ts';
import type { ReadPin } from './pin-field.ts';

type Case = { pin: string; pan: string; block: string };
type Refusal = { block: string; pan: string; why: string };
type Vectors = {
  format0: Case[];
  format2: Case[];
  format3decode: Case[];
  rejectFormat0: Refusal[];
  rejectFormat2: Refusal[];
};
const file = new URL('../../../../docs/vectors/payments/pin-blocks.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8')).pinBlocks;
const { random } = createVirtualPorts({ seed: 1 });
const ascii = (text: string) => new TextEncoder().encode(text);

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength, maxLength }).map((list) => list.join(''));

test.each(vectors.format0)('format 0: $pin with $pan', ({ pin, pan, block }) => {
  expect(toHex(writePinBlock0({ pin: ascii(pin), pan: ascii(pan) }))).toBe(block);
  expect(shown(readPinBlock0({ block: fromHex(block), pan: ascii(pan) }))).toBe(pin);
});

test.each(vectors.format2)('format 2: $pin', ({ pin, block }) => {
  expect(toHex(writePinBlock2(ascii(pin)))).toBe(block);
  expect(shown(readPinBlock2(fromHex(block)))).toBe(pin);
});

test.each(vectors.format3decode)('format 3: $pin with $pan', ({ pin, pan, block }) => {
  expect(shown(readPinBlock3({ block: fromHex(block), pan: ascii(pan) }))).toBe(pin);
});

test.each(vectors.rejectFormat0)('format 0 is refused: $why', ({ block, pan, why }) => {
  expect(readPinBlock0({ block: fromHex(block), pan: ascii(pan) })).toEqual({
    ok: false,
    reason: reasonOf(why),
  });
});

test.each(vectors.rejectFormat2)('format 2 is refused: $why', ({ block, why }) => {
  expect(readPinBlock2(fromHex(block))).toEqual({ ok: false, reason: reasonOf(why) });
});

test('a block is bound to any number of 1 to 19 digits, also to one that is too short for a card', () => {
  const pin = ascii('1234');
  for (const length of [1, 7, 8, 19]) {
    const pan = ascii('4'.repeat(length));
    expect(shown(readPinBlock0({ block: writePinBlock0({ pin, pan }), pan }))).toBe('1234');
  }
  const block = writePinBlock0({ pin, pan: ascii('4') });
  for (const text of ['', '4'.repeat(20), '4x']) {
    expect(readPinBlock0({ block, pan: ascii(text) })).toEqual({ ok: false, reason: 'pan_malformed' });
  }
});

test('a changed digit changes the block or is refused', () => {
  for (const { pin, pan, block } of vectors.format0) {
    for (const [at, digit] of [...block].entries()) {
      const other = block.slice(0, at) + (digit === '1' ? '2' : '1') + block.slice(at + 1);
      expect(shown(readPinBlock0({ block: fromHex(other), pan: ascii(pan) }))).not.toBe(pin);
    }
  }
});

test('what is written is read again, in every format and for every number', () => {
  fc.assert(
    fc.property(digits(4, 12), digits(1, 19), (pin, pan) => {
      const [pinBytes, panBytes] = [ascii(pin), ascii(pan)];
      const both = { pin: pinBytes, pan: panBytes };
      expect(shown(readPinBlock0({ block: writePinBlock0(both), pan: panBytes }))).toBe(pin);
      expect(shown(readPinBlock1(writePinBlock1(pinBytes, random)))).toBe(pin);
      expect(shown(readPinBlock2(writePinBlock2(pinBytes)))).toBe(pin);
      expect(shown(readPinBlock3({ block: writePinBlock3(both, random), pan: panBytes }))).toBe(pin);
      expect(toHex(pinBytes)).toBe(toHex(ascii(pin)));
    }),
  );
});

test('a short number counts as if zeros stood before it', () => {
  const pin = ascii('1234');
  const padded = writePinBlock0({ pin, pan: ascii('0000001234567') });
  expect(writePinBlock0({ pin, pan: ascii('1234567') })).toEqual(padded);
});

test('the filler of format 3 is random, of format 1 too', () => {
  const blocks = Array.from({ length: 20 }, () =>
    toHex(writePinBlock3({ pin: ascii('1234'), pan: ascii('4012345678909') }, random)),
  );
  expect(new Set(blocks).size).toBe(20);
  expect(new Set(Array.from({ length: 20 }, () => toHex(writePinBlock1(ascii('1234'), random)))).size).toBe(
    20,
  );
});

test('a truncated block and a malformed number are refused, whatever they hold', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 24 }), (block, pan) => {
      for (const read of [readPinBlock0, readPinBlock3])
        expect(typeof read({ block, pan }).ok).toBe('boolean');
      if (block.length !== 8) {
        const refusal = { ok: false, reason: 'block_length' };
        for (const read of [readPinBlock1, readPinBlock2]) expect(read(block)).toEqual(refusal);
        expect(readPinBlock0({ block, pan: ascii('4012345678909') })).toEqual(refusal);
      }
    }),
  );
  for (const pan of ['', '401234567890A', '12345678901234567890']) {
    const read = readPinBlock0({ block: fromHex('041274EDCBA9876F'), pan: ascii(pan) });
    expect(read).toEqual({ ok: false, reason: 'pan_malformed' });
  }
});

test.each(['123', '1234567890123', '12A4'])('a PIN such as %s is a mistake of the program', (pin) => {
  expect(() => writePinBlock2(ascii(pin))).toThrow('PIN');
});

test('what is refused is not quoted', () => {
  expect(JSON.stringify(readPinBlock2(parseHex('2C12345678901FFF') ?? new Uint8Array()))).not.toContain(
    '1234',
  );
});

function shown(result: ReadPin): string {
  return result.ok ? result.pin.use((bytes) => new TextDecoder().decode(bytes)) : result.reason;
}

function reasonOf(why: string): string {
  if (why.startsWith('control')) return 'control_field';
  if (why.startsWith('length')) return 'pin_length';
  if (why.startsWith('seven')) return 'block_length';
  return why === 'filler' ? 'filler' : 'pin_not_numeric';
}
