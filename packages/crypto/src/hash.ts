/**
 * SHA-256 and what is built on it. Several parts are hashed as their plain concatenation: a caller whose parts
 * vary in length separates them itself, or the same bytes cut elsewhere give the same hash.
 */
import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 (FIPS 180-4) of the concatenated parts, 32 bytes. Strings count as UTF-8. */
export function sha256(...parts: (Uint8Array | string)[]): Buffer {
  const [only] = parts;
  // The one-shot call allocates no hash object; it is the fast path of the journal.
  if (parts.length === 1 && only !== undefined) return hash('sha256', only, 'buffer');
  const running = createHash('sha256');
  for (const part of parts) running.update(part);
  return running.digest();
}

/** {@link sha256} as 64 lower-case hexadecimal digits. */
export function sha256Hex(...parts: (Uint8Array | string)[]): string {
  return sha256(...parts).toString('hex');
}

/** HMAC-SHA-256 (RFC 2104) of the concatenated parts under `key`, 32 bytes. Strings count as UTF-8. */
export function hmacSha256(key: Uint8Array, ...parts: (Uint8Array | string)[]): Buffer {
  const running = createHmac('sha256', key);
  for (const part of parts) running.update(part);
  return running.digest();
}

/** True when both hold the same bytes, in time that depends on their length alone. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
