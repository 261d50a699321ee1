/** Hashes, key ids, signatures and text forms of bytes, on `node:crypto` alone. */
import { createHash, createHmac, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** What RFC 8410 puts before the 32 bytes of an Ed25519 key in SPKI. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The hash before the first entry of a stream. */
export const ZERO_HASH = '0'.repeat(64);

/** SHA-256 of the parts, one after the other, as hexadecimal. Strings are UTF-8. */
export function sha256(...parts: (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** HMAC-SHA-256 of UTF-8 text, as base64url. */
export function hmacSha256(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** The bytes of base64url without padding, or undefined when the text is not the one way to write them. */
export function fromBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** The id of a public key, by its JWK thumbprint (RFC 7638, RFC 8037). */
export function keyIdOf(publicKey: Uint8Array): string {
  const x = Buffer.from(publicKey).toString('base64url');
  const thumbprint = createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest();
  return `dk_${thumbprint.toString('base64url')}`;
}

/** A key object of 32 raw bytes; undefined for another length. */
export function publicKeyOf(raw: Uint8Array): KeyObject | undefined {
  if (raw.length !== 32) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** True when `signature` (base64url) is the one over `text` by `key`. */
export function isSignedBy(key: KeyObject, text: string, signature: string): boolean {
  const bytes = fromBase64Url(signature);
  return bytes?.length === 64 && verify(null, Buffer.from(text), key, bytes);
}

/** The code on the receipt of an operation: 50 bits of SHA-256(op_id ‖ body_hash) in Crockford's base32. */
export function receiptCodeOf(opId: string, bodyHash: string): string {
  let bits = BigInt(`0x${sha256(opId, bodyHash).slice(0, 13)}`) >> 2n;
  let code = '';
  for (let i = 0; i < 10; i += 1) {
    code = CROCKFORD.charAt(Number(bits & 31n)) + code;
    bits >>= 5n;
  }
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}

/** The canonical JSON (RFC 8785) of a parsed document. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
}

/** No record of the format is nested deeper; what is could exhaust the stack of whoever walks it. */
const NESTING_MAX = 64;

/** The document of a text; undefined for what is not JSON, or nested deeper than anything in the format. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isNestedWithin(value, NESTING_MAX) ? value : undefined;
  } catch {
    return undefined; // Not JSON is an answer here: the caller says what is wrong.
  }
}

function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isNestedWithin(each, levels - 1));
}
