/**
 * RSA as EMV uses it (Book 2 annex B2.1): the bare operation over a block as long as the modulus, without a padding,
 * for the form of the block is that of Book 2. Exponents are 3 and 65537, moduli have 64 to 248 bytes.
 */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
} from 'node:crypto';
import { assert } from '@holdfast/base';

/** Bytes of the longest modulus that EMV allows. */
export const RSA_MODULUS_MAX = 248;
/** Bytes of the shortest modulus in use. */
export const RSA_MODULUS_MIN = 64;

/** A public key, both numbers big-endian; the first byte of the modulus is not zero. */
export type RsaPublicKey = { readonly modulus: Uint8Array; readonly exponent: Uint8Array };

/** The numbers of a private key (RFC 8017 3.2), as base64url. */
type RsaPrivateNumbers = Record<'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi', string>;

/** A private key, which stays inside of the system's cryptography. */
export type RsaPrivateKey = { readonly publicKey: RsaPublicKey; readonly keyObject: KeyObject };

/** Whether EMV allows the exponent: 3 or 65537, without zeros before it. */
export function isAllowedExponent(exponent: Uint8Array): boolean {
  if (exponent.length === 1) return exponent[0] === 3;
  return exponent.length === 3 && exponent[0] === 1 && exponent[1] === 0 && exponent[2] === 1;
}

/** Whether EMV allows a modulus of this form: 64 to 248 bytes, the first not zero, an odd number. */
export function isAllowedModulus(modulus: Uint8Array): boolean {
  if (modulus.length < RSA_MODULUS_MIN || modulus.length > RSA_MODULUS_MAX) return false;
  return modulus[0] !== 0 && ((modulus.at(-1) ?? 0) & 1) === 1;
}

/**
 * What was signed or what is to be enciphered: `block ^ exponent mod modulus`. Undefined where the key is not allowed,
 * the block is not as long as the modulus, or it is the larger number.
 */
export function rsaPublic(key: RsaPublicKey, block: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const { modulus, exponent } = key;
  if (!isAllowedModulus(modulus) || !isAllowedExponent(exponent)) return undefined;
  if (block.length !== modulus.length || Buffer.compare(block, modulus) >= 0) return undefined;
  const jwk = { kty: 'RSA', n: base64Url(modulus), e: base64Url(exponent) };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  return owned(publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block));
}

/** Signs or deciphers: `block ^ d mod modulus`; the block must be the smaller number. */
export function rsaPrivate(key: RsaPrivateKey, block: Uint8Array): Uint8Array<ArrayBuffer> {
  const { modulus } = key.publicKey;
  assert(block.length === modulus.length && Buffer.compare(block, modulus) < 0, 'the block fits the modulus');
  return owned(privateEncrypt({ key: key.keyObject, padding: constants.RSA_NO_PADDING }, block));
}

/** A private key of its numbers. */
export function rsaPrivateKey(numbers: RsaPrivateNumbers): RsaPrivateKey {
  const publicKey = { modulus: fromBase64Url(numbers.n), exponent: fromBase64Url(numbers.e) };
  return { publicKey, keyObject: createPrivateKey({ key: { kty: 'RSA', ...numbers }, format: 'jwk' }) };
}

function owned(output: Buffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(output);
  output.fill(0);
  return bytes;
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function fromBase64Url(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
