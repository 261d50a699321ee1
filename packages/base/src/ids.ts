/**
 * Identifiers (RFC 9562). On the wire and in PostgreSQL they are lower-case hyphenated text; UUIDv7 keeps
 * indexes append-mostly, UUIDv8 carries 122 bits of a hash.
 */

import { assert } from './assert.ts';
import type { Ports } from './ports.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True for a lower-case hyphenated UUID of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** True for a lower-case hyphenated UUIDv7. */
export function isUuidV7(text: string): boolean {
  return UUID_V7.test(text);
}

/** A new UUIDv7: 48 bits of Unix milliseconds, 74 random bits. */
export function uuidV7({ clock, random }: Pick<Ports, 'clock' | 'random'>): string {
  const bytes = random.bytes(16);
  const ms = BigInt(Math.max(0, Math.floor(clock.nowMs())));
  for (let i = 0; i < 6; i += 1) bytes[i] = Number((ms >> BigInt(8 * (5 - i))) & 0xffn);
  return format(bytes, 0x70);
}

/** The UUIDv8 made of the first 16 bytes of `hash` (version and variant bits replaced). */
export function uuidV8(hash: Uint8Array): string {
  assert(hash.length >= 16, 'a UUIDv8 needs 16 bytes of hash');
  return format(hash.slice(0, 16), 0x80);
}

/** A random 128-bit id as 32 lower-case hexadecimal digits: incarnations, boots, database ids. */
export function randomId(random: Ports['random']): string {
  return toHex(random.bytes(16));
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function format(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | version;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
