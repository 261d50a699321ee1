/**
 * Text forms of bytes: base64url for machines (RFC 4648 section 5, no padding), Crockford base32 for people.
 */
import { assert } from '@holdfast/base';

const BASE64URL = /^[A-Za-z0-9_-]*$/;
/** Crockford's alphabet: no I, L, O or U, so that a code can be read aloud and typed back. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/**
 * The bytes of base64url text, or undefined when it is not the one text {@link toBase64Url} makes of them: foreign
 * characters, padding, an impossible length and stray trailing bits are all refused.
 */
export function fromBase64Url(text: string): Buffer | undefined {
  if (!BASE64URL.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** The first `length` characters of `bytes` in Crockford base32: five bits each, most significant first. */
export function toCrockford(bytes: Uint8Array, length: number): string {
  assert(Number.isInteger(length) && length >= 0, 'a length is a whole number');
  assert(bytes.length * 8 >= length * 5, 'not enough bytes for that many characters');
  let text = '';
  for (let i = 0; i < length; i += 1) {
    const bit = i * 5;
    const at = bit >> 3;
    const word = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    text += CROCKFORD.charAt((word >> (11 - (bit & 7))) & 31);
  }
  return text;
}
