/** DES keys of vectors. */
import { hasOddParity } from '@holdfast/cards';
import type { Values } from './case-values.ts';
import { Mismatch } from './compare.ts';

/** Of a shorter key one byte may well be the only one of its parity. */
const LENGTH_MIN = 16;

/**
 * The bytes of a DES key. The lowest bit of each byte is no part of the key but its parity (FIPS 46-3), so that a wrong
 * digit can leave every result as it was: where one byte alone has another parity than all others, a digit is wrong.
 */
export function desKeyOf(it: Values, name: string): Uint8Array {
  const key = it.hex(name);
  const odd = Array.from(key).filter((byte) => hasOddParity(Uint8Array.of(byte))).length;
  if (key.length >= LENGTH_MIN && (odd === 1 || odd === key.length - 1))
    throw new Mismatch(`one byte of "${name}" has another parity than the others`);
  return key;
}
