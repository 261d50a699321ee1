/**
 * PIN blocks of format 4 (ISO 9564-1:2017 9.4): AES over the PIN field, the number added, AES again. There is no clear
 * block: the format is its encipherment, and the key is part of it.
 */
import { assert, type Random } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { AES_BLOCK, aesDecrypt, aesEncrypt } from '../cipher/aes.ts';
import { wipe, xorBytes } from '../cipher/bytes.ts';
import { fromNibbles, toNibbles } from './nibbles.ts';
import { isBindableNumber, pinField, type ReadPin, readPinField } from './pin-field.ts';

const CONTROL = 4;
const FILLER = 0xa;
/** Shortest number that the field holds as it is; shorter ones get zeros before them. */
const PAN_LENGTH_MIN = 12;

/** The plain text number field, 16 bytes: how many digits there are beyond 12, the digits, zeros. */
export function panField4(pan: Uint8Array): Uint8Array<ArrayBuffer> {
  assert(isBindableNumber(pan), 'the number of a card has 1 to 19 digits');
  const offset = 1 + Math.max(0, PAN_LENGTH_MIN - pan.length);
  const nibbles = new Uint8Array(2 * AES_BLOCK);
  nibbles[0] = Math.max(0, pan.length - PAN_LENGTH_MIN);
  for (const [index, digit] of pan.entries()) nibbles[offset + index] = digit & 0xf;
  const field = fromNibbles(nibbles);
  wipe(nibbles);
  return field;
}

/** The enciphered block of a PIN for this number: 16 bytes. */
export function encipherPinBlock4({
  pin,
  pan,
  key,
  random,
}: {
  pin: Uint8Array;
  pan: Uint8Array;
  key: Secret;
  random: Random;
}): Uint8Array<ArrayBuffer> {
  const panField = panField4(pan);
  const field = pinField4(pin, random);
  const block = key.use((bytes) => {
    const first = aesEncrypt(bytes, field);
    const combined = xorBytes(first, panField);
    const second = aesEncrypt(bytes, combined);
    wipe(first, combined);
    return second;
  });
  wipe(field, panField);
  return block;
}

/** The PIN of an enciphered block for this number. A wrong key or number shows as one of the refusals. */
export function decipherPinBlock4({
  block,
  pan,
  key,
}: {
  block: Uint8Array;
  pan: Uint8Array;
  key: Secret;
}): ReadPin {
  if (!isBindableNumber(pan)) return { ok: false, reason: 'pan_malformed' };
  if (block.length !== AES_BLOCK) return { ok: false, reason: 'block_length' };
  const panField = panField4(pan);
  const field = key.use((bytes) => {
    const combined = aesDecrypt(bytes, block);
    const first = xorBytes(combined, panField);
    const opened = aesDecrypt(bytes, first);
    wipe(combined, first);
    return opened;
  });
  const nibbles = toNibbles(field);
  const result = readPinField(nibbles, CONTROL, (nibble) => nibble === FILLER);
  wipe(field, nibbles, panField);
  return result;
}

/** The plain text PIN field, 16 bytes: the PIN filled with A, then 8 random bytes. */
function pinField4(pin: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const nibbles = pinField(CONTROL, pin, () => FILLER);
  const left = fromNibbles(nibbles);
  const field = new Uint8Array(AES_BLOCK);
  field.set(left);
  field.set(random.bytes(AES_BLOCK - left.length), left.length);
  wipe(nibbles, left);
  return field;
}
