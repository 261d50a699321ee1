/**
 * Bearer tokens for machines and short codes for people. Stores keep {@link tokenHash} alone: a token has 256 random
 * bits, so a plain hash cannot be searched. A short code can, so it is one-use, expires and counts its tries.
 */
import type { Random } from '@holdfast/base';
import { assert } from '@holdfast/base';
import { CROCKFORD, toBase64Url } from './base64.ts';
import { sha256Hex } from './hash.ts';

/** A new token: `prefix`, an underscore, and 32 random bytes as 43 characters of base64url. */
export function newToken(prefix: string, random: Random): string {
  assert(/^[a-z][a-z0-9]*$/.test(prefix), 'a token prefix is lower-case letters and digits');
  return `${prefix}_${toBase64Url(random.bytes(32))}`;
}

/** What a store keeps of a token: SHA-256, hexadecimal. */
export function tokenHash(token: string): string {
  return sha256Hex(token);
}

/** A code of `length` characters of Crockford's alphabet, five random bits each. */
export function newCode(random: Random, length: number): string {
  assert(Number.isInteger(length) && length >= 1, 'a code has at least one character');
  let code = '';
  // 32 divides 256, so the low five bits of a byte are uniform.
  for (const byte of random.bytes(length)) code += CROCKFORD.charAt(byte & 31);
  return code;
}

/** A code as typed, in the form {@link newCode} makes: capitals, no spaces or hyphens, I and L as 1, O as 0. */
export function normaliseCode(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
}
