/** The operator's bearer token. It has 256 random bits, so comparing its hash in constant time is all it needs. */
import { sameBytes, sha256 } from '@holdfast/crypto';

/** A check of Authorization headers: true for `Bearer` and the token. */
export function createOperatorCheck(token: string): (authorization: string) => boolean {
  const expected = sha256(token);
  return (authorization) => {
    const [, given] = /^Bearer +([^\s]+)$/i.exec(authorization) ?? [];
    return given !== undefined && sameBytes(sha256(given), expected);
  };
}
