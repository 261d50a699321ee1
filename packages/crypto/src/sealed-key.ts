/**
 * The key file: 32 bytes, in the clear or under a passphrase, as JSON a person can carry.
 *
 * With a passphrase the bytes are encrypted with AES-256-GCM under scrypt (RFC 7914, N = 2^17, r = 8, p = 1: 128 MiB and
 * some tenths of a second, on purpose). Every file carries a check value over all its other members, so that a
 * torn or edited file is told apart from a wrong passphrase. The check is not a secret: without a passphrase, what
 * protects the file is its mode. Best effort: in the clear form the key passes through an immutable string.
 */
import { createCipheriv, createDecipheriv, scryptSync } from 'node:crypto';
import { assert, type Random } from '@holdfast/base';
import { fromBase64Url, toBase64Url } from './base64.ts';
import { canonicalJson } from './canonical.ts';
import { sha256 } from './hash.ts';

const VERSION = 1;
const SECRET_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SCRYPT = { kdf: 'scrypt', n: 131_072, r: 8, p: 1 } as const;
const HEAD_PLAIN = { version: VERSION, kdf: 'none' } as const;
const HEAD_SEALED = { version: VERSION, ...SCRYPT, cipher: 'aes-256-gcm' } as const;

export type OpenedKey =
  | { kind: 'ok'; secret: Buffer }
  | { kind: 'refused'; reason: 'damaged' | 'passphrase_needed' | 'wrong_passphrase' | 'unknown_version' };

/** The text of a key file for a `secret` of 32 bytes; encrypted when a passphrase (not empty) is given. */
export function sealKey(input: {
  secret: Uint8Array;
  passphrase?: string | undefined;
  random: Random;
}): string {
  assert(input.secret.length === SECRET_BYTES, 'a key file holds 32 bytes');
  assert(input.passphrase !== '', 'an empty passphrase protects nothing');
  if (input.passphrase === undefined) {
    return written({ ...HEAD_PLAIN, secret: toBase64Url(input.secret) });
  }
  const salt = input.random.bytes(SALT_BYTES);
  const nonce = input.random.bytes(NONCE_BYTES);
  const wrappingKey = derive(input.passphrase, salt);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(canonicalJson(HEAD_SEALED)));
  const sealed = Buffer.concat([cipher.update(input.secret), cipher.final(), cipher.getAuthTag()]);
  wrappingKey.fill(0);
  return written({
    ...HEAD_SEALED,
    salt: toBase64Url(salt),
    nonce: toBase64Url(nonce),
    sealed: toBase64Url(sealed),
  });
}

/** Opens the text of a key file. A passphrase given for a file in the clear is not used. */
export function openKey(input: { text: string; passphrase?: string | undefined }): OpenedKey {
  const members = parseMembers(input.text);
  if (members === undefined) return refused('damaged');
  const { check, ...rest } = members;
  if (rest.version !== VERSION && Number.isInteger(rest.version)) return refused('unknown_version');
  if (check !== checkOf(rest)) return refused('damaged');
  if (hasHead(rest, HEAD_PLAIN)) {
    const secret = bytesOf(rest.secret, SECRET_BYTES);
    return secret === undefined ? refused('damaged') : { kind: 'ok', secret: owned(secret) };
  }
  if (!hasHead(rest, HEAD_SEALED)) return refused('damaged');
  if (input.passphrase === undefined || input.passphrase === '') return refused('passphrase_needed');
  return unseal(rest, input.passphrase);
}

function unseal(members: Record<string, unknown>, passphrase: string): OpenedKey {
  const salt = bytesOf(members.salt, SALT_BYTES);
  const nonce = bytesOf(members.nonce, NONCE_BYTES);
  const sealed = bytesOf(members.sealed, SECRET_BYTES + TAG_BYTES);
  if (salt === undefined || nonce === undefined || sealed === undefined) return refused('damaged');
  const wrappingKey = derive(passphrase, salt);
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: TAG_BYTES });
  wrappingKey.fill(0);
  decipher.setAAD(Buffer.from(canonicalJson(HEAD_SEALED)));
  decipher.setAuthTag(sealed.subarray(SECRET_BYTES));
  const secret = owned(decipher.update(sealed.subarray(0, SECRET_BYTES)));
  try {
    decipher.final();
  } catch {
    // GCM has one error: the tag does not fit. The file passed its check, so the passphrase is what is wrong.
    secret.fill(0);
    return refused('wrong_passphrase');
  }
  return { kind: 'ok', secret };
}

function derive(passphrase: string, salt: Uint8Array): Buffer {
  const { n, r, p } = SCRYPT;
  // Composed and decomposed accents look the same to the person who types them.
  return scryptSync(passphrase.normalize('NFC'), salt, 32, { N: n, r, p, maxmem: 2 * 128 * n * r });
}

function written(members: Record<string, unknown>): string {
  return `${JSON.stringify({ ...members, check: checkOf(members) }, null, 2)}\n`;
}

function checkOf(members: Record<string, unknown>): string {
  return toBase64Url(sha256(canonicalJson(members)).subarray(0, 16));
}

function hasHead(members: Record<string, unknown>, head: Record<string, unknown>): boolean {
  return Object.entries(head).every(([name, value]) => members[name] === value);
}

function bytesOf(value: unknown, length: number): Buffer | undefined {
  const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined;
  return bytes?.length === length ? bytes : undefined;
}

/** A copy outside the shared pool of small buffers; the original is overwritten. */
function owned(bytes: Buffer): Buffer {
  const copy = Buffer.alloc(bytes.length);
  bytes.copy(copy);
  bytes.fill(0);
  return copy;
}

function parseMembers(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>; // JSON objects have string keys; every member is checked before use.
}

function refused(reason: Exclude<OpenedKey, { kind: 'ok' }>['reason']): OpenedKey {
  return { kind: 'refused', reason };
}
