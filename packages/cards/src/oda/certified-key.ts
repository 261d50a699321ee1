/**
 * How a key lies in a certificate (EMV Book 2 5.1 and 6.1): as much of its modulus as the certificate holds, filled
 * with BB where it is shorter, the remainder and the exponent in data objects beside it. The same for all certificates.
 */
import { assert } from '@holdfast/base';
import { concatBytes } from '../cipher/bytes.ts';
import { isAllowedExponent, isAllowedModulus, type RsaPublicKey } from '../cipher/rsa.ts';
import { KEY_ALGORITHM } from './recovery.ts';
import { type OdaFailure, refused } from './refusal.ts';

/** A certificate as it is on the card. The remainder is absent where the certificate holds the whole modulus. */
export type CertificateData = {
  readonly certificate: Uint8Array;
  readonly remainder?: Uint8Array | undefined;
  readonly exponent: Uint8Array;
};

const FILLER = 0xbb;
const NOTHING = new Uint8Array();

/** The key, from the end of a certificate's contents: algorithm, two lengths, leftmost part. */
export function readCertifiedKey(
  contents: Uint8Array,
  { remainder = NOTHING, exponent }: CertificateData,
): { ok: true; publicKey: RsaPublicKey } | OdaFailure {
  const [algorithm, modulusLength = 0, exponentLength = 0] = contents;
  if (algorithm !== KEY_ALGORITHM) return refused('key_algorithm');
  const leftmost = contents.subarray(3);
  const missing = Math.max(0, modulusLength - leftmost.length);
  if (missing > 0 && remainder.length === 0) return refused('data_missing');
  if (remainder.length !== missing || exponent.length !== exponentLength) return refused('key_form');
  const modulus = concatBytes(leftmost.subarray(0, modulusLength), remainder);
  if (!isAllowedModulus(modulus) || !isAllowedExponent(exponent)) return refused('key_form');
  return { ok: true, publicKey: { modulus, exponent: new Uint8Array(exponent) } };
}

/** The end of a certificate's contents for a key, `space` bytes after the lengths, and the remainder beside it. */
export function writeCertifiedKey(
  { modulus, exponent }: RsaPublicKey,
  space: number,
): { contents: Uint8Array; remainder: Uint8Array } {
  assert(space > 0, 'the signing key is long enough for a certificate');
  const leftmost = new Uint8Array(space).fill(FILLER);
  leftmost.set(modulus.subarray(0, space));
  const lengths = Uint8Array.of(KEY_ALGORITHM, modulus.length, exponent.length);
  return { contents: concatBytes(lengths, leftmost), remainder: modulus.slice(space) };
}
