/** The parity of DES keys (FIPS 46-3) and the check values by which people compare keys (ANSI X9.24-1). */
import { AES_BLOCK } from './aes.ts';
import { wipe } from './bytes.ts';
import { aesCmac } from './cmac.ts';
import { DES_BLOCK, desEncrypt } from './des.ts';

/** The key with an odd number of ones in each byte: the lowest bit is the parity. */
export function withOddParity(key: Uint8Array): Uint8Array<ArrayBuffer> {
  const odd = new Uint8Array(key);
  for (const [index, byte] of key.entries()) if (!isOdd(byte)) odd[index] = byte ^ 1;
  return odd;
}

/** Whether each byte has an odd number of ones. */
export function hasOddParity(key: Uint8Array): boolean {
  return key.every(isOdd);
}

/** The check value of a DES key of 8, 16 or 24 bytes: the first 3 bytes of a block of zeros, enciphered. */
export function desKeyCheckValue(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return start(desEncrypt(key, new Uint8Array(DES_BLOCK)), 3);
}

/** The check value of an AES key: the first 5 bytes of the CMAC of a block of zeros (X9.24-1:2017 annex A). */
export function aesKeyCheckValue(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return start(aesCmac(key, new Uint8Array(AES_BLOCK)), 5);
}

function start(block: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const value = new Uint8Array(block.subarray(0, length));
  wipe(block);
  return value;
}

function isOdd(byte: number): boolean {
  const folded = byte ^ (byte >> 4);
  // The sixteen parities of half a byte, one a bit.
  return ((0x6996 >> (folded & 0xf)) & 1) === 1;
}
