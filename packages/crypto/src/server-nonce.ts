/**
 * Server nonces without a table: the hub's time, random bytes, and a MAC over both and the key they were given to.
 * Any hub process that holds the MAC key can check one. They prove freshness, not single use: whoever needs
 * single use (enrolment, rotation) records the nonce.
 */
import { assert, LIMITS, type Random } from '@holdfast/base';
import { fromBase64Url, toBase64Url } from './base64.ts';
import { hmacSha256, sameBytes } from './hash.ts';

const TIME_BYTES = 6;
const HEAD_BYTES = TIME_BYTES + 10;
const NONCE_BYTES = HEAD_BYTES + 32;
/** Separates this use of the MAC key from every other. */
const CONTEXT = 'holdfast-server-nonce-v1\n';

/** A nonce of 64 url-safe characters (no dot), good for `LIMITS.nonceAgeMs`, for `keyId` alone when that is given. */
export function createServerNonce(input: {
  macKey: Uint8Array;
  nowMs: number;
  random: Random;
  keyId?: string | undefined;
}): string {
  const atMs = Math.floor(input.nowMs);
  assert(atMs >= 0 && atMs < 2 ** 48, 'the time fits 48 bits');
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(atMs, 0, TIME_BYTES);
  head.set(input.random.bytes(HEAD_BYTES - TIME_BYTES), TIME_BYTES);
  return toBase64Url(Buffer.concat([head, macOf(input.macKey, head, input.keyId)]));
}

/**
 * `forged` when the MAC is not ours or the nonce was given to another key, `expired` when it is older than
 * `LIMITS.nonceAgeMs`, or that far ahead, which another hub process with a wrong clock can bring about.
 */
export function checkServerNonce(input: {
  macKey: Uint8Array;
  nowMs: number;
  nonce: string;
  keyId?: string | undefined;
}): 'ok' | 'expired' | 'forged' {
  const bytes = fromBase64Url(input.nonce);
  if (bytes?.length !== NONCE_BYTES) return 'forged';
  const head = bytes.subarray(0, HEAD_BYTES);
  if (!sameBytes(bytes.subarray(HEAD_BYTES), macOf(input.macKey, head, input.keyId))) return 'forged';
  const ageMs = input.nowMs - head.readUIntBE(0, TIME_BYTES);
  return Math.abs(ageMs) <= LIMITS.nonceAgeMs ? 'ok' : 'expired';
}

function macOf(macKey: Uint8Array, head: Uint8Array, keyId: string | undefined): Buffer {
  // The head has a fixed length, so the parts cannot be cut elsewhere; the mark tells "any key" from an empty id.
  return hmacSha256(macKey, CONTEXT, head, keyId === undefined ? '*' : `=${keyId}`);
}
