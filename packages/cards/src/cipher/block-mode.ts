/**
 * One run of a block cipher without padding. The result has an array of its own, and the buffer that the system filled
 * is overwritten, so that the caller decides how long keys and PIN blocks stay in memory.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { assert } from '@holdfast/base';
import { wipe } from './bytes.ts';

type CipherRun = {
  /** A name that OpenSSL knows. */
  algorithm: string;
  direction: 'encrypt' | 'decrypt';
  key: Uint8Array;
  /** Null for a mode without one (ECB). */
  iv: Uint8Array | null;
  /** Whole blocks. */
  data: Uint8Array;
};

/** Enciphers or deciphers whole blocks. */
export function runCipher({ algorithm, direction, key, iv, data }: CipherRun): Uint8Array<ArrayBuffer> {
  const create = direction === 'encrypt' ? createCipheriv : createDecipheriv;
  const cipher = create(algorithm, key, iv);
  cipher.setAutoPadding(false);
  const output = cipher.update(data);
  assert(cipher.final().length === 0 && output.length === data.length, 'the data are whole blocks');
  const result = new Uint8Array(output);
  wipe(output);
  return result;
}
