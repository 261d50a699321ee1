/** One field on the wire: its length where it has one, its code, and whether the content is of its format. */
import { digitAt } from '../encoding/digits.ts';
import type { Codes, FieldFormat, FieldSpec } from './packager-types.ts';
import {
  type CharacterCode,
  type DigitCode,
  fromWire,
  toWire,
  type WireCode,
  wireLength,
} from './wire-codes.ts';

/** Why a field cannot be read or written. */
export type FieldFault = 'truncated' | 'length' | 'content';

/** Canonical bytes in an array of their own, and how far the field reached. */
export type FieldRead =
  | { readonly ok: true; readonly content: Uint8Array; readonly next: number }
  | { readonly ok: false; readonly reason: FieldFault };

export type FieldWritten =
  | { readonly ok: true; readonly wire: Uint8Array }
  | { readonly ok: false; readonly reason: FieldFault };

const SPACE = 0x20;
const TILDE = 0x7e;
const EQUALS = 0x3d;
const LETTER_C = 0x43;
const LETTER_D = 0x44;
const ZERO = 0x30;

/** Reads the field that begins at `offset`. */
export function readField(bytes: Uint8Array, offset: number, spec: FieldSpec, packager: Codes): FieldRead {
  const codes = { ...packager, ...spec.codes };
  const size = readSize(bytes, offset, spec, codes);
  if (!size.ok) return size;
  const signLength = spec.format === 'xn' ? 1 : 0;
  const code = codeOf(spec, codes);
  const digitsAt = size.next + signLength;
  const next = digitsAt + wireLength(size.units - signLength, code);
  if (next > bytes.length) return { ok: false, reason: 'truncated' };
  const sign = fromWire(bytes.subarray(size.next, digitsAt), signLength, codes.text);
  const body = fromWire(bytes.subarray(digitsAt, next), size.units - signLength, code);
  if (!sign || !body) return { ok: false, reason: 'content' };
  const content = signLength === 0 ? body : Uint8Array.of(...sign, ...body);
  if (isOfFormat(content, spec.format)) return { ok: true, content, next };
  content.fill(0);
  return { ok: false, reason: 'content' };
}

/** Writes canonical bytes; their length must be the field's, for nothing is filled up or cut. */
export function writeField(content: Uint8Array, spec: FieldSpec, packager: Codes): FieldWritten {
  const codes = { ...packager, ...spec.codes };
  const isFitting =
    spec.size.kind === 'fixed' ? content.length === spec.size.length : content.length <= spec.size.max;
  if (!isFitting) return { ok: false, reason: 'length' };
  if (!isOfFormat(content, spec.format)) return { ok: false, reason: 'content' };
  const signLength = spec.format === 'xn' ? 1 : 0;
  const sign = toWire(content.subarray(0, signLength), codes.text);
  const body = toWire(content.subarray(signLength), codeOf(spec, codes));
  if (!sign || !body) return { ok: false, reason: 'content' };
  const length = writeSize(content.length, spec, codes);
  const wire = new Uint8Array(length.length + sign.length + body.length);
  wire.set(length);
  wire.set(sign, length.length);
  wire.set(body, length.length + sign.length);
  body.fill(0);
  return { ok: true, wire };
}

type Size = { ok: true; units: number; next: number } | { ok: false; reason: FieldFault };

function readSize(bytes: Uint8Array, offset: number, spec: FieldSpec, codes: Codes): Size {
  if (spec.size.kind === 'fixed') return { ok: true, units: spec.size.length, next: offset };
  const { lengthDigits, max } = spec.size;
  const next = offset + lengthBytes(lengthDigits, codes);
  if (next > bytes.length) return { ok: false, reason: 'truncated' };
  const counted = readNumber(bytes.subarray(offset, next), lengthDigits, codes);
  if (counted === undefined) return { ok: false, reason: 'length' };
  const units = countsCharacters(spec, codes) ? counted / 2 : counted;
  return Number.isInteger(units) && units <= max
    ? { ok: true, units, next }
    : { ok: false, reason: 'length' };
}

function writeSize(units: number, spec: FieldSpec, codes: Codes): Uint8Array {
  if (spec.size.kind === 'fixed') return new Uint8Array();
  const counted = countsCharacters(spec, codes) ? 2 * units : units;
  const { lengthDigits } = spec.size;
  if (codes.lengths === 'binary') {
    return lengthDigits === 2 ? Uint8Array.of(counted) : Uint8Array.of(counted >> 8, counted & 0xff);
  }
  const digits = Buffer.from(String(counted).padStart(lengthDigits, '0'), 'latin1');
  return toWire(digits, codes.lengths) ?? new Uint8Array();
}

function readNumber(wire: Uint8Array, lengthDigits: number, codes: Codes): number | undefined {
  if (codes.lengths === 'binary') return wire.reduce((sum, byte) => sum * 256 + byte, 0);
  const digits = fromWire(wire, lengthDigits, codes.lengths);
  if (!digits || !isOfFormat(digits, 'n')) return undefined;
  return digits.reduce((sum, _, index) => sum * 10 + digitAt(digits, index), 0);
}

function lengthBytes(lengthDigits: number, codes: Codes): number {
  if (codes.lengths === 'binary') return lengthDigits === 2 ? 1 : 2;
  return wireLength(lengthDigits, codes.lengths);
}

function countsCharacters(spec: FieldSpec, codes: Codes): boolean {
  return spec.format === 'b' && codes.bytes !== 'binary' && codes.lengthOfHex === 'characters';
}

function codeOf(spec: FieldSpec, codes: Codes): WireCode {
  const { format } = spec;
  if (format === 'b') return codes.bytes;
  if (format === 'z') return codes.tracks;
  if (format === 'xn') return codes.digits;
  if (format === 'n') return digitCodeOf(spec, codes);
  return codes.text satisfies CharacterCode;
}

function digitCodeOf(spec: FieldSpec, codes: Codes): DigitCode {
  return spec.size.kind === 'fixed' ? codes.digits : codes.variableDigits;
}

/** Whether canonical bytes are of a format. */
function isOfFormat(content: Uint8Array, format: FieldFormat): boolean {
  if (format === 'b') return true;
  if (format === 'xn') {
    const isSigned = content[0] === LETTER_C || content[0] === LETTER_D;
    return isSigned && content.subarray(1).every(isDigit);
  }
  return content.every(TESTS[format]);
}

const TESTS = {
  a: (byte) => isLetter(byte) || byte === SPACE,
  an: (byte) => isLetter(byte) || isDigit(byte) || byte === SPACE,
  ans: (byte) => byte >= SPACE && byte <= TILDE,
  n: isDigit,
  z: (byte) => isDigit(byte) || byte === EQUALS || byte === LETTER_D,
} satisfies Record<Exclude<FieldFormat, 'b' | 'xn'>, (byte: number) => boolean>;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function isLetter(byte: number): boolean {
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x5a;
}
