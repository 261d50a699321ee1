/**
 * The UUIDv7 (RFC 9562) that names a sale. The till makes it before the first try, and the edge and the hub use it as
 * the name of the sale for ever. It is here and not taken from the base package because that one needs Node.
 */
import type { Platform } from '../platform.ts';

/** 48 bits of Unix milliseconds, 74 random bits, lower case, hyphenated. */
export function uuidV7({ nowMs, randomBytes }: Pick<Platform, 'nowMs' | 'randomBytes'>): string {
  const time = Math.max(0, Math.floor(nowMs())).toString(16).padStart(12, '0').slice(-12);
  const random = randomBytes(10);
  const bytes = Array.from(random, (byte, index) => {
    if (index === 0) return (byte & 0x0f) | 0x70;
    return index === 2 ? (byte & 0x3f) | 0x80 : byte;
  });
  const tail = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}
