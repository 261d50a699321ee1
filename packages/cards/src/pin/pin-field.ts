/**
 * The plain text PIN field that all formats of ISO 9564-1 begin with: control field, length, digits, filler. A PIN has
 * 4 to 12 digits. It is written here and read strictly: what is not exactly of the format is refused, because a block
 * that was deciphered with a wrong key or number looks like one that is nearly right.
 */
import { assert } from '@holdfast/base';
import { CardData } from '../card-data.ts';
import { areDigits } from '../encoding/digits.ts';
import { PAN_DIGITS_MAX } from '../pan/pan.ts';

/** Fewest digits of a PIN. */
export const PIN_LENGTH_MIN = 4;
/** Most digits of a PIN. */
export const PIN_LENGTH_MAX = 12;

/** Why a block is not read. `pan_malformed`: the number beside it is not 1 to 19 digits. */
export type PinBlockRefusal =
  | 'block_length'
  | 'control_field'
  | 'pin_length'
  | 'pin_not_numeric'
  | 'filler'
  | 'pan_malformed';

/** A PIN as ASCII digits, which the caller wipes, or why there is none. */
export type ReadPin = { ok: true; pin: CardData } | { ok: false; reason: PinBlockRefusal };

const ZERO = 0x30;
/** Half bytes of the field: 8 bytes. */
const LENGTH = 16;

/** The field of a format as half bytes; `fillerAt` gives the half bytes after the digits. */
export function pinField(control: number, pin: Uint8Array, fillerAt: () => number): Uint8Array<ArrayBuffer> {
  assert(pin.length >= PIN_LENGTH_MIN && pin.length <= PIN_LENGTH_MAX, 'a PIN has 4 to 12 digits');
  assert(areDigits(pin), 'a PIN is of digits');
  return Uint8Array.from({ length: LENGTH }, (_, index) => {
    if (index === 0) return control;
    if (index === 1) return pin.length;
    const digit = pin[index - 2];
    return digit === undefined ? fillerAt() : digit - ZERO;
  });
}

/** The PIN of a field of half bytes, if control, length, digits and filler are those of the format. */
export function readPinField(
  field: Uint8Array,
  control: number,
  isFiller: (nibble: number) => boolean,
): ReadPin {
  if (field[0] !== control) return { ok: false, reason: 'control_field' };
  const length = field[1] ?? 0;
  if (length < PIN_LENGTH_MIN || length > PIN_LENGTH_MAX) return { ok: false, reason: 'pin_length' };
  const digits = field.subarray(2, 2 + length);
  if (digits.some((nibble) => nibble > 9)) return { ok: false, reason: 'pin_not_numeric' };
  if (!field.subarray(2 + length, LENGTH).every(isFiller)) return { ok: false, reason: 'filler' };
  return { ok: true, pin: CardData.take(digits.map((nibble) => ZERO + nibble)) };
}

/**
 * Whether a block can be bound to this number: 1 to 19 ASCII digits, as a block pads what is short (ISO 9564-1). Numbers
 * of cards have 8 or more, see `isPan`; numbers of other things may have fewer.
 */
export function isBindableNumber(pan: Uint8Array): boolean {
  return pan.length >= 1 && pan.length <= PAN_DIGITS_MAX && areDigits(pan);
}
