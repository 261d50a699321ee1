/**
 * The bitmaps of a message: bit n says that field n is there, bit 1 that a second bitmap follows. A third one, announced
 * by bit 65, is refused by name, because no table here has fields beyond 128.
 */
import { type ByteCode, fromWire, toWire, wireLength } from './wire-codes.ts';

const BITMAP_BYTES = 8;
/** The field whose bit announces the third bitmap. */
export const TERTIARY_FIELD = 65;

export type BitmapResult =
  | { readonly ok: true; readonly fields: readonly number[]; readonly next: number }
  | { readonly ok: false; readonly reason: 'truncated' | 'bitmap' | 'tertiary_bitmap' };

/** Reads one or two bitmaps at `offset`: the numbers of the fields in order, without 1. */
export function readBitmaps(bytes: Uint8Array, offset: number, code: ByteCode): BitmapResult {
  const primary = readOne(bytes, offset, code);
  if (!primary.ok) return primary;
  const fields = fieldsOf(primary.bits, 0);
  if (fields[0] !== 1) return { ok: true, fields, next: primary.next };
  const secondary = readOne(bytes, primary.next, code);
  if (!secondary.ok) return secondary;
  const further = fieldsOf(secondary.bits, 64);
  if (further[0] === TERTIARY_FIELD) return { ok: false, reason: 'tertiary_bitmap' };
  return { ok: true, fields: [...fields.slice(1), ...further], next: secondary.next };
}

/** The bitmaps for fields 2–64 and 66–128: a second one only where a field needs it. */
export function writeBitmaps(fields: readonly number[], code: ByteCode): Uint8Array {
  const isLong = fields.some((field) => field > 64);
  const bits = new Uint8Array(isLong ? 2 * BITMAP_BYTES : BITMAP_BYTES);
  for (const field of isLong ? [1, ...fields] : fields) {
    const at = (field - 1) >> 3;
    bits[at] = (bits[at] ?? 0) | (0x80 >> ((field - 1) & 7));
  }
  return toWire(bits, code) ?? new Uint8Array();
}

type One = { ok: true; bits: Uint8Array; next: number } | { ok: false; reason: 'truncated' | 'bitmap' };

function readOne(bytes: Uint8Array, offset: number, code: ByteCode): One {
  const next = offset + wireLength(BITMAP_BYTES, code);
  if (next > bytes.length) return { ok: false, reason: 'truncated' };
  const bits = fromWire(bytes.subarray(offset, next), BITMAP_BYTES, code);
  return bits ? { ok: true, bits, next } : { ok: false, reason: 'bitmap' };
}

function fieldsOf(bits: Uint8Array, before: number): number[] {
  const fields: number[] = [];
  for (let bit = 0; bit < 8 * bits.length; bit += 1) {
    if (((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) fields.push(before + bit + 1);
  }
  return fields;
}
