/**
 * Message authentication codes of ISO/IEC 9797-1 over DES: algorithm 1 (CBC-MAC) and algorithm 3 (the retail MAC of
 * ANSI X9.19, which EMV Book 2 A1.2.1 uses), each with padding method 1 or 2. Legacy: cards and X9.24-1 use them.
 */
import { assert } from '@holdfast/base';
import { wipe } from './bytes.ts';
import { DES_BLOCK, desDecrypt, desEncrypt, desEncryptCbc } from './des.ts';

/** 1 fills with zeros up to a whole block, 2 adds one byte of hexadecimal 80 first, always. */
export type MacPadding = 1 | 2;

/** The data in whole blocks; an empty string is one block. */
export function padded(data: Uint8Array, padding: MacPadding): Uint8Array<ArrayBuffer> {
  const length = padding === 1 ? Math.max(1, data.length) : data.length + 1;
  const blocks = new Uint8Array(Math.ceil(length / DES_BLOCK) * DES_BLOCK);
  blocks.set(data);
  if (padding === 2) blocks[data.length] = 0x80;
  return blocks;
}

/** Algorithm 1: 8 bytes, with a key of 8 bytes, or of 16 or 24 for triple DES. */
export function macAlgorithm1(
  key: Uint8Array,
  data: Uint8Array,
  padding: MacPadding,
): Uint8Array<ArrayBuffer> {
  const blocks = padded(data, padding);
  const chained = desEncryptCbc(key, blocks);
  const code = chained.slice(-DES_BLOCK);
  wipe(blocks, chained);
  return code;
}

/** Algorithm 3: 8 bytes, with a key of two parts: the first chains, the second takes part in the last block only. */
export function macAlgorithm3(
  key: Uint8Array,
  data: Uint8Array,
  padding: MacPadding,
): Uint8Array<ArrayBuffer> {
  assert(key.length === 16, 'the key of a retail MAC has 16 bytes');
  const chained = macAlgorithm1(key.subarray(0, 8), data, padding);
  const opened = desDecrypt(key.subarray(8), chained);
  const code = desEncrypt(key.subarray(0, 8), opened);
  wipe(chained, opened);
  return code;
}
