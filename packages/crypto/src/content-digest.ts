/**
 * Content-Digest (RFC 9530) of exactly one algorithm, SHA-256, over the bytes as they are on the wire: encoded,
 * before any parsing.
 */
import { sha256 } from './hash.ts';

/** The value of the header for `body`. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${sha256(body).toString('base64')}:`;
}

/**
 * True when `header` is the one value {@link contentDigest} makes of `body`. A further algorithm, a second
 * SHA-256, other white space or base64 of another spelling is refused. The value is public: no constant time needed.
 */
export function isContentDigestOf(header: string, body: Uint8Array): boolean {
  return header === contentDigest(body);
}
