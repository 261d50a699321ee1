/**
 * Issuer scripts (EMV Book 2 9): the code that authenticates a command (format 2, 9.2.3) and the encipherment of its
 * data (9.3). The issuer makes them, the card calculates them again.
 */
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import { DES_BLOCK, desEncrypt, desEncryptCbc } from '../cipher/des.ts';
import { macAlgorithm3, padded } from '../cipher/iso9797.ts';

/**
 * The code of a command, 4 to 8 bytes. `message` is the command's header and data without the code; Visa and Mastercard
 * put the transaction counter and the cryptogram between the two.
 */
export function scriptMac(
  key: Secret,
  { message, length = 8 }: { message: Uint8Array; length?: number },
): Uint8Array<ArrayBuffer> {
  assert(length >= 4 && length <= 8, 'the code of a command has 4 to 8 bytes');
  return key.use((bytes) => macAlgorithm3(bytes, message, 2).slice(0, length));
}

/**
 * How data are filled and enciphered: `emv` always fills, `mastercard` where the last block is not whole, both chained;
 * `visa` puts the length before them, always fills, and enciphers each block by itself.
 */
export type ScriptEncipherment = 'emv' | 'mastercard' | 'visa';

/** The data of a command enciphered, whole blocks of 8 bytes. */
export function encipherScriptData(
  key: Secret,
  { data, scheme }: { data: Uint8Array; scheme: ScriptEncipherment },
): Uint8Array<ArrayBuffer> {
  assert(data.length > 0 && data.length <= 255, 'a command has 1 to 255 bytes of data');
  const blocks = blocksOf(data, scheme);
  const enciphered = key.use((bytes) =>
    scheme === 'visa' ? desEncrypt(bytes, blocks) : desEncryptCbc(bytes, blocks),
  );
  wipe(blocks);
  return enciphered;
}

function blocksOf(data: Uint8Array, scheme: ScriptEncipherment): Uint8Array {
  if (scheme === 'visa') return padded(concatBytes(Uint8Array.of(data.length), data), 2);
  return scheme === 'mastercard' && data.length % DES_BLOCK === 0 ? new Uint8Array(data) : padded(data, 2);
}
