/**
 * Everything that is drawn when a wallet is made, out of one seed: the same seed gives the same numbers, keys and
 * certificates, so that a terminal, a wallet and an issuer in three processes know each other.
 */
import { assert, type Random } from '@holdfast/base';
import { hmacSha256, type Secret } from '@holdfast/crypto';

const PURPOSE = 'holdfast/simulated-cards/1\0';
const ZERO = 0x30;
/** Bytes from here on are passed over, so that each digit is as likely as the others. */
const BYTE_END = 250;

/** Bytes for one purpose, as many as are asked for (HMAC-SHA-256 over the purpose and a counter). */
export function seededRandom(seed: Secret, purpose: string): Random {
  let counter = 0;
  let pool = new Uint8Array();
  const bytes = (length: number): Uint8Array => {
    const drawn = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      if (pool.length === 0) {
        pool = seed.use((key) => new Uint8Array(hmacSha256(key, `${PURPOSE}${purpose}\0${counter}`)));
        counter += 1;
      }
      const part = pool.subarray(0, length - at);
      drawn.set(part, at);
      pool = pool.subarray(part.length);
      at += part.length;
    }
    return drawn;
  };
  return { bytes, unit: () => new DataView(bytes(4).buffer).getUint32(0) / 2 ** 32 };
}

/** ASCII digits out of a source. */
export function seededDigits(random: Random, length: number): Uint8Array {
  assert(length >= 0, 'a number of digits is not negative');
  const digits = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const [byte = BYTE_END] = random.bytes(1);
    if (byte >= BYTE_END) continue;
    digits[at] = ZERO + (byte % 10);
    at += 1;
  }
  return digits;
}
