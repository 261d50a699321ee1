/** AES (FIPS 197) with keys of 16, 24 or 32 bytes over whole blocks, without padding. */
import { assert } from '@holdfast/base';
import { runCipher } from './block-mode.ts';

/** Bytes of a block. */
export const AES_BLOCK = 16;

const NO_IV = new Uint8Array(AES_BLOCK);

/** Enciphers whole blocks, each by itself (ECB). */
export function aesEncrypt(key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return runCipher({ algorithm: nameOf(key, 'ecb'), direction: 'encrypt', key, iv: null, data });
}

/** Deciphers whole blocks, each by itself (ECB). */
export function aesDecrypt(key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return runCipher({ algorithm: nameOf(key, 'ecb'), direction: 'decrypt', key, iv: null, data });
}

/** Enciphers whole blocks, chained (CBC). */
export function aesEncryptCbc(
  key: Uint8Array,
  data: Uint8Array,
  iv: Uint8Array = NO_IV,
): Uint8Array<ArrayBuffer> {
  return runCipher({ algorithm: nameOf(key, 'cbc'), direction: 'encrypt', key, iv, data });
}

/** Deciphers whole blocks, chained (CBC). */
export function aesDecryptCbc(
  key: Uint8Array,
  data: Uint8Array,
  iv: Uint8Array = NO_IV,
): Uint8Array<ArrayBuffer> {
  return runCipher({ algorithm: nameOf(key, 'cbc'), direction: 'decrypt', key, iv, data });
}

function nameOf(key: Uint8Array, mode: 'ecb' | 'cbc'): string {
  assert(key.length === 16 || key.length === 24 || key.length === 32, 'an AES key has 16, 24 or 32 bytes');
  return `aes-${8 * key.length}-${mode}`;
}
