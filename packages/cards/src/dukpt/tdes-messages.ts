/**
 * What is done with the working keys of triple DES DUKPT (ANSI X9.24-1:2009 A.4): PIN blocks enciphered, messages
 * authenticated with the retail MAC, data enciphered in a chain that begins with zeros.
 */
import type { Secret } from '@holdfast/crypto';
import { wipe } from '../cipher/bytes.ts';
import { desDecrypt, desDecryptCbc, desEncrypt, desEncryptCbc } from '../cipher/des.ts';
import { macAlgorithm3, padded } from '../cipher/iso9797.ts';

/** Bytes of the code that goes with a message: the first half of the MAC. */
const MAC_LENGTH = 4;

/** A PIN block of format 0 or 3, 8 bytes, enciphered with the PIN key. */
export function encipherTdesPinBlock(pinKey: Secret, block: Uint8Array): Uint8Array<ArrayBuffer> {
  return pinKey.use((key) => desEncrypt(key, block));
}

/** The clear PIN block, which the caller reads and wipes. */
export function decipherTdesPinBlock(pinKey: Secret, block: Uint8Array): Uint8Array<ArrayBuffer> {
  return pinKey.use((key) => desDecrypt(key, block));
}

/** The code of a message: 4 bytes. */
export function tdesMac(macKey: Secret, message: Uint8Array): Uint8Array<ArrayBuffer> {
  return macKey.use((key) => {
    const full = macAlgorithm3(key, message, 1);
    const code = full.slice(0, MAC_LENGTH);
    wipe(full);
    return code;
  });
}

/** The data filled with zeros to whole blocks, enciphered. */
export function encipherTdesData(dataKey: Secret, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = padded(data, 1);
  const enciphered = dataKey.use((key) => desEncryptCbc(key, blocks));
  wipe(blocks);
  return enciphered;
}

/** The data with the zeros that filled them. */
export function decipherTdesData(dataKey: Secret, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return dataKey.use((key) => desDecryptCbc(key, data));
}
