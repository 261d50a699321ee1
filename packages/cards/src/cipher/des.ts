/**
 * DES and triple DES (FIPS 46-3, ISO/IEC 18033-3) with keys of one, two or three parts of 8 bytes. OpenSSL 3 no longer
 * offers single DES, so a key of one part is used three times: enciphering, deciphering and enciphering again with one
 * key is enciphering once. Legacy, and here because terminals, cards and X9.24-1 use it; parity bits are ignored.
 */
import { assert } from '@holdfast/base';
import { runCipher } from './block-mode.ts';
import { concatBytes, wipe } from './bytes.ts';

/** Bytes of a block. */
export const DES_BLOCK = 8;

const NO_IV = new Uint8Array(DES_BLOCK);

/** Enciphers whole blocks, each by itself (ECB). */
export function desEncrypt(key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return run('encrypt', key, data, null);
}

/** Deciphers whole blocks, each by itself (ECB). */
export function desDecrypt(key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return run('decrypt', key, data, null);
}

/** Enciphers whole blocks, chained (CBC). */
export function desEncryptCbc(
  key: Uint8Array,
  data: Uint8Array,
  iv: Uint8Array = NO_IV,
): Uint8Array<ArrayBuffer> {
  return run('encrypt', key, data, iv);
}

/** Deciphers whole blocks, chained (CBC). */
export function desDecryptCbc(
  key: Uint8Array,
  data: Uint8Array,
  iv: Uint8Array = NO_IV,
): Uint8Array<ArrayBuffer> {
  return run('decrypt', key, data, iv);
}

function run(
  direction: 'encrypt' | 'decrypt',
  key: Uint8Array,
  data: Uint8Array,
  iv: Uint8Array | null,
): Uint8Array<ArrayBuffer> {
  const full = threeParts(key);
  const algorithm = iv === null ? 'des-ede3' : 'des-ede3-cbc';
  const result = runCipher({ algorithm, direction, key: full, iv, data });
  wipe(full);
  return result;
}

function threeParts(key: Uint8Array): Uint8Array<ArrayBuffer> {
  assert(key.length === 8 || key.length === 16 || key.length === 24, 'a DES key has 8, 16 or 24 bytes');
  const first = key.subarray(0, 8);
  if (key.length === 8) return concatBytes(first, first, first);
  return key.length === 16 ? concatBytes(key, first) : new Uint8Array(key);
}
