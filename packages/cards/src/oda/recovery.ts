/**
 * The form that all certificates and signatures of EMV share (Book 2 annex A2.1, ISO/IEC 9796-2): header 6A, a byte of
 * format, contents, a SHA-1 hash, trailer BC. A part of what was hashed is not in the block and comes from elsewhere.
 */
import { createHash } from 'node:crypto';
import { assert } from '@holdfast/base';
import { sameBytes } from '@holdfast/crypto';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import { type RsaPrivateKey, type RsaPublicKey, rsaPrivate, rsaPublic } from '../cipher/rsa.ts';
import { type OdaFailure, refused } from './refusal.ts';

/** The byte after the header. */
export const FORMAT = {
  issuerCertificate: 0x02,
  staticData: 0x03,
  iccCertificate: 0x04,
  dynamicData: 0x05,
} as const;

/** SHA-1 and RSA, the only algorithms that EMV's RSA keys are used with (Book 2 annexes B2.1 and B3.1). */
export const HASH_ALGORITHM = 0x01;
export const KEY_ALGORITHM = 0x01;

const HEADER = 0x6a;
const TRAILER = 0xbc;
const HASH_LENGTH = 20;
/** Bytes around the contents: header, format, hash, trailer. */
export const FRAME_LENGTH = 3 + HASH_LENGTH;

/** What a block holds: the contents between format and hash, and whether the rest that was hashed is the right one. */
export type RecoveredBlock = {
  readonly ok: true;
  /** A view of the block, which the caller wipes. */
  readonly contents: Uint8Array;
  /** 20 bytes. */
  readonly hash: Uint8Array;
  /** Whether the hash is that of the block and these parts after it. */
  isHashOf(...rest: readonly Uint8Array[]): boolean;
};

/** Opens a block that is as long as the key, and checks header, format and trailer. */
export function recover(
  signature: Uint8Array,
  { key, format }: { key: RsaPublicKey; format: number },
): RecoveredBlock | OdaFailure {
  if (signature.length !== key.modulus.length) return refused('signature_length');
  const block = rsaPublic(key, signature);
  if (block === undefined) return refused('recovery');
  if (block[0] !== HEADER || block[1] !== format || block.at(-1) !== TRAILER) {
    wipe(block);
    return refused('recovery');
  }
  const hashAt = block.length - 1 - HASH_LENGTH;
  const hash = block.slice(hashAt, -1);
  const state = createHash('sha1').update(block.subarray(1, hashAt));
  return {
    ok: true,
    contents: block.subarray(2, hashAt),
    hash,
    isHashOf: (...rest) => {
      const calculated = state.copy();
      for (const part of rest) calculated.update(part);
      return sameBytes(calculated.digest(), hash);
    },
  };
}

/** Makes a block: the contents fill it exactly, and are hashed together with the parts that follow outside. */
export function sign(
  contents: Uint8Array,
  { key, format, rest }: { key: RsaPrivateKey; format: number; rest: readonly Uint8Array[] },
): Uint8Array<ArrayBuffer> {
  const { length } = key.publicKey.modulus;
  assert(contents.length + FRAME_LENGTH === length, 'the contents fill the block');
  const hashed = concatBytes(Uint8Array.of(format), contents);
  const state = createHash('sha1').update(hashed);
  for (const part of rest) state.update(part);
  const block = concatBytes(Uint8Array.of(HEADER), hashed, state.digest(), Uint8Array.of(TRAILER));
  const signature = rsaPrivate(key, block);
  wipe(hashed, block);
  return signature;
}
