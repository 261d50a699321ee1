/** Arrays of bytes joined, combined and overwritten: the small steps that every cipher here takes. */
import { assert } from '@holdfast/base';

/** All of the parts, one after the other, in an array of their own. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The exclusive or of two arrays of one length. */
export function xorBytes(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  assert(left.length === right.length, 'the arrays are of one length');
  const combined = new Uint8Array(left);
  for (const [index, byte] of right.entries()) combined[index] = (combined[index] ?? 0) ^ byte;
  return combined;
}

/** Overwrites what a calculation held in between. */
export function wipe(...arrays: readonly Uint8Array[]): void {
  for (const bytes of arrays) bytes.fill(0);
}
