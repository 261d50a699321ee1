/**
 * Issuer scripts (EMV Book 2 9): the code that authenticates a command (format 2, 9.2.3) and the encipherment of its
 * data (9.3). The issuer makes them, the card calculates them again.
 */
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import { DES_BLOCK, desDecrypt, desDecryptCbc, desEncrypt, desEncryptCbc } from '../cipher/des.ts';
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

/** The card's side of {@link encipherScriptData}; undefined where the filling is not that of the scheme. */
export function decipherScriptData(
  key: Secret,
  { data, scheme }: { data: Uint8Array; scheme: ScriptEncipherment },
): Uint8Array<ArrayBuffer> | undefined {
  if (data.length === 0 || data.length % DES_BLOCK !== 0) return undefined;
  const blocks = key.use((bytes) =>
    scheme === 'visa' ? desDecrypt(bytes, data) : desDecryptCbc(bytes, data),
  );
  const filled = unfilled(blocks, scheme);
  wipe(blocks);
  return filled;
}

/** Without the filling. A last block of Mastercard that ends as one that was filled is taken for one. */
function unfilled(blocks: Uint8Array, scheme: ScriptEncipherment): Uint8Array<ArrayBuffer> | undefined {
  let end = blocks.length;
  while (end > 0 && blocks[end - 1] === 0) end -= 1;
  const isFilled = blocks[end - 1] === 0x80 && blocks.length - end < DES_BLOCK;
  if (!isFilled) return scheme === 'mastercard' ? new Uint8Array(blocks) : undefined;
  const data = blocks.slice(0, end - 1);
  if (scheme !== 'visa') return data;
  return data[0] === data.length - 1 ? data.slice(1) : undefined;
}

function blocksOf(data: Uint8Array, scheme: ScriptEncipherment): Uint8Array {
  if (scheme === 'visa') return padded(concatBytes(Uint8Array.of(data.length), data), 2);
  return scheme === 'mastercard' && data.length % DES_BLOCK === 0 ? new Uint8Array(data) : padded(data, 2);
}
