/**
 * The codes in which hosts write digits, text and bytes. Inside, a field is canonical: digits and text are bytes of ASCII,
 * bytes are themselves. Reading is strict, so that what was read is written again bit for bit; only hexadecimal digits may
 * come in lower case.
 */

import { type EbcdicPage, fromEbcdic, toEbcdic } from '../encoding/ebcdic.ts';

/** One byte a character. */
export type CharacterCode = 'ascii' | 'ebcdic-037' | 'ebcdic-1047';
/** Or two digits a byte; an odd number of them has a zero on the left, or a zero or an `F` on the right. */
export type DigitCode = CharacterCode | 'bcd-left' | 'bcd-right-zero' | 'bcd-right-f';
/** Bytes as they are, or two hexadecimal digits each, in upper case. */
export type ByteCode = 'binary' | 'hex-ascii' | 'hex-ebcdic-037' | 'hex-ebcdic-1047';
export type WireCode = DigitCode | ByteCode;

const ZERO = 0x30;
const EQUALS = 0x3d;
const LETTER_D = 0x44;
const NIBBLE_D = 0xd;
const LOWER_A = 0x61;
const LOWER_CASE = 0x20;
const HEX_PREFIX = 'hex-';
const HEX_NIBBLES = new TextEncoder().encode('0123456789ABCDEF');

/** How many bytes on the wire so many characters or bytes take. */
export function wireLength(units: number, code: WireCode): number {
  if (code.startsWith('bcd')) return Math.ceil(units / 2);
  return code.startsWith('hex') ? 2 * units : units;
}

/** The canonical bytes, in an array of their own; undefined where the wire holds something else than the code. */
export function fromWire(wire: Uint8Array, units: number, code: WireCode): Uint8Array | undefined {
  if (isBcd(code)) return fromBcd(wire, units, code);
  if (isHex(code)) {
    const digits = fromCharacters(wire, characterCodeOf(code));
    return digits && fromHexDigits(digits);
  }
  return code === 'binary' ? new Uint8Array(wire) : fromCharacters(wire, code);
}

/** What stands on the wire for canonical bytes; undefined where the code cannot write them. */
export function toWire(canonical: Uint8Array, code: WireCode): Uint8Array | undefined {
  if (isBcd(code)) return toBcd(canonical, code);
  if (isHex(code)) return toCharacters(toHexDigits(canonical), characterCodeOf(code));
  return code === 'binary' ? new Uint8Array(canonical) : toCharacters(canonical, code);
}

function fromCharacters(wire: Uint8Array, code: CharacterCode): Uint8Array | undefined {
  return code === 'ascii' ? new Uint8Array(wire) : fromEbcdic(wire, pageOf(code));
}

function toCharacters(canonical: Uint8Array, code: CharacterCode): Uint8Array | undefined {
  return code === 'ascii' ? new Uint8Array(canonical) : toEbcdic(canonical, pageOf(code));
}

/** Byte by byte, because a text of the digits could not be wiped. */
function fromHexDigits(digits: Uint8Array): Uint8Array | undefined {
  const bytes = new Uint8Array(digits.length / 2);
  for (const [index, digit] of digits.entries()) {
    const nibble = HEX_NIBBLES.indexOf(digit < LOWER_A ? digit : digit - LOWER_CASE);
    if (nibble === -1) return undefined;
    setNibble(bytes, index, nibble);
  }
  digits.fill(0);
  return bytes;
}

function toHexDigits(bytes: Uint8Array): Uint8Array {
  const digits = new Uint8Array(2 * bytes.length);
  for (let index = 0; index < digits.length; index += 1) {
    digits[index] = HEX_NIBBLES[nibbleAt(bytes, index)] ?? 0;
  }
  return digits;
}

type BcdCode = 'bcd-left' | 'bcd-right-zero' | 'bcd-right-f';
type HexCode = Exclude<ByteCode, 'binary'>;

/** Digits, and the `=` of a track, which is the half byte D. */
function fromBcd(wire: Uint8Array, units: number, code: BcdCode): Uint8Array | undefined {
  const isOdd = units % 2 === 1;
  const first = isOdd && code === 'bcd-left' ? 1 : 0;
  const digits = new Uint8Array(units);
  for (let index = 0; index < units; index += 1) {
    const nibble = nibbleAt(wire, index + first);
    if (nibble > 9 && nibble !== NIBBLE_D) return undefined;
    digits[index] = ZERO + nibble;
  }
  const filler = first === 1 ? nibbleAt(wire, 0) : nibbleAt(wire, units);
  return !isOdd || filler === fillerOf(code) ? digits : undefined;
}

function toBcd(digits: Uint8Array, code: BcdCode): Uint8Array | undefined {
  const wire = new Uint8Array(Math.ceil(digits.length / 2));
  const isOdd = digits.length % 2 === 1;
  const first = isOdd && code === 'bcd-left' ? 1 : 0;
  for (const [index, character] of digits.entries()) {
    const nibble = character === LETTER_D ? NIBBLE_D : character - ZERO;
    if ((nibble < 0 || nibble > 9) && character !== EQUALS && character !== LETTER_D) return undefined;
    setNibble(wire, index + first, nibble);
  }
  if (isOdd && first === 0) setNibble(wire, digits.length, fillerOf(code));
  return wire;
}

function fillerOf(code: BcdCode): number {
  return code === 'bcd-right-f' ? 0xf : 0;
}

function nibbleAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index >> 1] ?? 0;
  return index % 2 === 0 ? byte >> 4 : byte & 0xf;
}

/** Into an array whose half byte is still zero. */
function setNibble(bytes: Uint8Array, index: number, nibble: number): void {
  const at = index >> 1;
  bytes[at] = (bytes[at] ?? 0) | (index % 2 === 0 ? nibble << 4 : nibble);
}

function isBcd(code: WireCode): code is BcdCode {
  return code.startsWith('bcd');
}

function isHex(code: WireCode): code is HexCode {
  return code.startsWith(HEX_PREFIX);
}

function characterCodeOf(code: HexCode): CharacterCode {
  if (code === 'hex-ascii') return 'ascii';
  return code === 'hex-ebcdic-037' ? 'ebcdic-037' : 'ebcdic-1047';
}

function pageOf(code: 'ebcdic-037' | 'ebcdic-1047'): EbcdicPage {
  return code === 'ebcdic-037' ? '037' : '1047';
}
