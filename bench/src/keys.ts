/** Idempotency keys as a till makes them, from randomness that was fetched in bulk: one key at a time costs too much. */
import { systemPorts, systemRandom, uuidV7 } from '@holdfast/base';

const POOL_BYTES = 8_192;

/** Makes a function that returns a fresh UUIDv7 at each call. */
export function createKeyMaker(): () => string {
  let pool: Uint8Array = new Uint8Array();
  let at = 0;
  const random = {
    ...systemRandom,
    bytes(length: number) {
      if (at + length > pool.length) {
        pool = systemRandom.bytes(POOL_BYTES);
        at = 0;
      }
      at += length;
      return pool.slice(at - length, at);
    },
  };
  return () => uuidV7({ clock: systemPorts.clock, random });
}
