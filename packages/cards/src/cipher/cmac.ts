/** CMAC (NIST SP 800-38B, ISO/IEC 9797-1 algorithm 5) over AES and over triple DES. */
import { must } from '@holdfast/base';
import { AES_BLOCK, aesEncrypt, aesEncryptCbc } from './aes.ts';
import { wipe, xorBytes } from './bytes.ts';
import { DES_BLOCK, desEncrypt, desEncryptCbc } from './des.ts';

type BlockCipher = {
  blockSize: number;
  /** The constant of the field that the subkeys are calculated in (SP 800-38B 5.3). */
  reduction: number;
  encrypt(key: Uint8Array, data: Uint8Array): Uint8Array;
  encryptCbc(key: Uint8Array, data: Uint8Array): Uint8Array;
};

const CIPHERS: Record<'aes' | 'des', BlockCipher> = {
  aes: { blockSize: AES_BLOCK, reduction: 0x87, encrypt: aesEncrypt, encryptCbc: aesEncryptCbc },
  des: { blockSize: DES_BLOCK, reduction: 0x1b, encrypt: desEncrypt, encryptCbc: desEncryptCbc },
};

/** The code of `data`, of any length, under an AES key: 16 bytes. */
export function aesCmac(key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return cmac(CIPHERS.aes, key, data);
}

/** The code of `data`, of any length, under a triple DES key: 8 bytes. */
export function desCmac(key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return cmac(CIPHERS.des, key, data);
}

function cmac(cipher: BlockCipher, key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { blockSize } = cipher;
  const zero = cipher.encrypt(key, new Uint8Array(blockSize));
  const first = doubled(zero, cipher.reduction);
  const second = doubled(first, cipher.reduction);
  const blocks = new Uint8Array(Math.max(1, Math.ceil(data.length / blockSize)) * blockSize);
  blocks.set(data);
  const isWhole = blocks.length === data.length;
  if (!isWhole) blocks[data.length] = 0x80;
  const last = blocks.subarray(-blockSize);
  const masked = xorBytes(last, isWhole ? first : second);
  last.set(masked);
  const chained = cipher.encryptCbc(key, blocks);
  const code = chained.slice(-blockSize);
  wipe(zero, first, second, masked, blocks, chained);
  return new Uint8Array(code);
}

/** A step to the left in the field: shifted by one bit, and reduced where a bit fell out. */
function doubled(block: Uint8Array, reduction: number): Uint8Array {
  const shifted = block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7));
  const high = must(block[0], 'a block has bytes') >> 7;
  const end = shifted.length - 1;
  shifted[end] = must(shifted[end], 'a block has bytes') ^ (high * reduction);
  return shifted;
}
