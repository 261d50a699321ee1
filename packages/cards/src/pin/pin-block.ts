/**
 * PIN blocks of 8 bytes, ISO 9564-1 formats 0, 1, 2 and 3, in clear: 0 and 3 are bound to the card's number, 1 to a
 * transaction, 2 goes to the card alone. What leaves a PIN pad is enciphered afterwards; format 4 is in
 * `pin-block-4.ts`. PIN and number are ASCII digits; a block is as sensitive as its PIN.
 */
import { assert, must, type Random } from '@holdfast/base';
import { wipe, xorBytes } from '../cipher/bytes.ts';
import { fromNibbles, toNibbles } from './nibbles.ts';
import { isBindableNumber, pinField, type ReadPin, readPinField } from './pin-field.ts';

const BLOCK_LENGTH = 8;
/** Digits of the number that take part: those before the check digit, zeros before them. */
const PAN_DIGITS = 12;
const FILLER = 0xf;

/** A PIN and the card's number, both ASCII digits. */
type PinOfPan = { readonly pin: Uint8Array; readonly pan: Uint8Array };
/** A block of 8 bytes and the number it is for. */
type BlockOfPan = { readonly block: Uint8Array; readonly pan: Uint8Array };

/** Format 0 (ANSI X9.8): the PIN, filled with F, combined with 12 digits of the number. */
export function writePinBlock0({ pin, pan }: PinOfPan): Uint8Array<ArrayBuffer> {
  return withPan({ field: packed(pinField(0, pin, () => FILLER)), pan });
}

/** The PIN of a block of format 0 for this number. */
export function readPinBlock0({ block, pan }: BlockOfPan): ReadPin {
  return readWithPan({ block, pan }, (field) => readPinField(field, 0, isF));
}

/** Format 1: the PIN and random half bytes, without the number. */
export function writePinBlock1(pin: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  return packed(pinField(1, pin, () => must(random.bytes(1)[0], 'a byte was asked for') & 0xf));
}

/** The PIN of a block of format 1. */
export function readPinBlock1(block: Uint8Array): ReadPin {
  return read(block, (field) => readPinField(field, 1, () => true));
}

/** Format 2, for the VERIFY command to the card (EMV Book 3 6.5.12). */
export function writePinBlock2(pin: Uint8Array): Uint8Array<ArrayBuffer> {
  return packed(pinField(2, pin, () => FILLER));
}

/** The PIN of a block of format 2, as the card reads it. */
export function readPinBlock2(block: Uint8Array): ReadPin {
  return read(block, (field) => readPinField(field, 2, isF));
}

/** Format 3: as format 0, filled with random half bytes between A and F. */
export function writePinBlock3({ pin, pan }: PinOfPan, random: Random): Uint8Array<ArrayBuffer> {
  return withPan({ field: packed(pinField(3, pin, () => letterOf(random))), pan });
}

/** The PIN of a block of format 3 for this number. */
export function readPinBlock3({ block, pan }: BlockOfPan): ReadPin {
  return readWithPan({ block, pan }, (field) => readPinField(field, 3, (nibble) => nibble > 9));
}

function readWithPan({ block, pan }: BlockOfPan, readField: (field: Uint8Array) => ReadPin): ReadPin {
  if (!isBindableNumber(pan)) return { ok: false, reason: 'pan_malformed' };
  if (block.length !== BLOCK_LENGTH) return { ok: false, reason: 'block_length' };
  const clear = withPan({ field: new Uint8Array(block), pan });
  const result = read(clear, readField);
  wipe(clear);
  return result;
}

function read(block: Uint8Array, readField: (field: Uint8Array) => ReadPin): ReadPin {
  if (block.length !== BLOCK_LENGTH) return { ok: false, reason: 'block_length' };
  const field = toNibbles(block);
  const result = readField(field);
  wipe(field);
  return result;
}

/** Combines the field with the number, and overwrites it. */
function withPan({ field, pan }: { field: Uint8Array; pan: Uint8Array }): Uint8Array<ArrayBuffer> {
  assert(isBindableNumber(pan), 'the number of a card has 1 to 19 digits');
  const digits = pan.subarray(0, -1).subarray(-PAN_DIGITS);
  const panField = new Uint8Array(2 * BLOCK_LENGTH);
  const offset = panField.length - digits.length;
  for (const [index, digit] of digits.entries()) panField[offset + index] = digit & 0xf;
  const packedPan = packed(panField);
  const block = xorBytes(field, packedPan);
  wipe(field, packedPan);
  return block;
}

function packed(nibbles: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = fromNibbles(nibbles);
  wipe(nibbles);
  return bytes;
}

function isF(nibble: number): boolean {
  return nibble === FILLER;
}

/** A to F, each as likely: bytes beyond the last multiple of six are drawn again. */
function letterOf(random: Random): number {
  let byte = must(random.bytes(1)[0], 'a byte was asked for');
  while (byte >= 252) byte = must(random.bytes(1)[0], 'a byte was asked for');
  return 10 + (byte % 6);
}
