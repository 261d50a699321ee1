/**
 * What is done with the working keys of AES DUKPT (ANSI X9.24-3:2017): messages authenticated with CMAC, data enciphered
 * in a chain. PIN blocks are of format 4, in `pin/pin-block-4.ts`.
 */
import type { Secret } from '@holdfast/crypto';
import { AES_BLOCK, aesDecryptCbc, aesEncryptCbc } from '../cipher/aes.ts';
import { wipe } from '../cipher/bytes.ts';
import { aesCmac } from '../cipher/cmac.ts';

/** The code of a message: 16 bytes. */
export function aesMac(macKey: Secret, message: Uint8Array): Uint8Array<ArrayBuffer> {
  return macKey.use((key) => aesCmac(key, message));
}

/** The data filled with zeros to whole blocks, enciphered; `iv` has 16 bytes, zeros unless the two sides agree on others. */
export function encipherAesData(
  dataKey: Secret,
  { data, iv = new Uint8Array(AES_BLOCK) }: { data: Uint8Array; iv?: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const blocks = new Uint8Array(Math.max(1, Math.ceil(data.length / AES_BLOCK)) * AES_BLOCK);
  blocks.set(data);
  const enciphered = dataKey.use((key) => aesEncryptCbc(key, blocks, iv));
  wipe(blocks);
  return enciphered;
}

/** The data with the zeros that filled them. */
export function decipherAesData(
  dataKey: Secret,
  { data, iv = new Uint8Array(AES_BLOCK) }: { data: Uint8Array; iv?: Uint8Array },
): Uint8Array<ArrayBuffer> {
  return dataKey.use((key) => aesDecryptCbc(key, data, iv));
}
