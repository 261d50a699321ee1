/** Amounts as elements: format n for tags 9F02 and 9F03, four bytes of binary for 81, 9F04 and 9F1B. */
import { writeNumeric } from '../../encoding/bcd.ts';

const TEXT = new TextEncoder();
/** A binary amount above this cannot be written; the largest one stands for it. */
const BINARY_MAX = 0xffff_ffffn;

/** Digits of a number, packed into `length` bytes. */
export function numeric(value: bigint | number, length: number): Uint8Array {
  return writeNumeric(TEXT.encode(String(value)), length);
}

/** Four bytes, the highest first. */
export function binary(value: bigint): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Number(value > BINARY_MAX ? BINARY_MAX : value));
  return bytes;
}
