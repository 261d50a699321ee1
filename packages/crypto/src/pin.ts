/**
 * Staff PINs, hashed with argon2id (RFC 9106) so that they can be verified offline. The hash slows a thief of the
 * database down but cannot save a PIN of four digits: what protects it is the encryption of the store and the
 * lock-out after wrong tries. The PIN itself is a JavaScript string and cannot be overwritten (best effort).
 */
import { AppError, assert } from '@holdfast/base';
import { hash, verify } from '@node-rs/argon2';

/** 19 MiB, two passes, one lane: OWASP's first recommendation for argon2id; 2 is the library's number for it. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const ENCODED = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;
/** More than this many at once is no staff at work; above it 503. */
const WAITING_MAX = 64;

/** Hashes and verifies PINs one at a time, so that sign-ins never take more than 19 MiB. */
export type PinHasher = {
  /** The encoded hash, with a fresh salt. `pin` must satisfy {@link isPin}. Throws `overloaded`. */
  hash(pin: string): Promise<string>;
  /** True when `hash` was made of `pin`; false for a malformed hash or one of another cost. Throws `overloaded`. */
  verify(hash: string, pin: string): Promise<boolean>;
};

/** True for 4 to 12 decimal digits. */
export function isPin(text: string): boolean {
  return /^[0-9]{4,12}$/.test(text);
}

/** A hasher with a queue of its own. */
export function createPinHasher(): PinHasher {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= WAITING_MAX) throw new AppError('overloaded', 'Too many sign-ins are waiting');
    waiting += 1;
    const before = last;
    const mine = Promise.withResolvers<void>();
    last = mine.promise;
    await before;
    try {
      return await work();
    } finally {
      waiting -= 1;
      mine.resolve();
    }
  };
  return {
    async hash(pin) {
      assert(isPin(pin), 'a PIN has 4 to 12 digits');
      return inTurn(() => hash(pin, COST));
    },
    async verify(encoded, pin) {
      if (!isPin(pin) || !isEncoded(encoded)) return false;
      return inTurn(() => verify(encoded, pin));
    },
  };
}

/** True for a hash of our cost that decodes: an edited row must neither throw nor choose how much memory is used. */
function isEncoded(encoded: string): boolean {
  const match = ENCODED.exec(encoded);
  return match !== null && [match[1], match[2]].every((part) => part !== undefined && isCanonical(part));
}

function isCanonical(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString('base64').replace(/=+$/, '') === base64;
}
