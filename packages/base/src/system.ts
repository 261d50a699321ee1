/** The real ports: the machine's clock, its random source and its timers. */
import { randomFillSync } from 'node:crypto';
import type { Clock, Ports, Random, Timers } from './ports.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Bytes drawn from the system at a time: a call for sixteen costs as much as one for thousands. */
const POOL_BYTES = 4096;

/** Hands out each byte of its pool once and overwrites it there. */
function createSystemRandom(): Random {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  const bytes = (length: number): Uint8Array => {
    if (length > POOL_BYTES / 4) return randomFillSync(new Uint8Array(length));
    if (used + length > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const drawn = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return drawn;
  };
  return {
    bytes,
    unit: () => {
      const word = new DataView(bytes(8).buffer);
      return (word.getUint32(0) * 2 ** 21 + (word.getUint32(4) >>> 11)) / 2 ** 53;
    },
  };
}

export const systemRandom: Random = createSystemRandom();

/** What Node's timers count to, 24.8 days; a longer one would fire at once, and a loop that waits would never rest. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const systemTimers: Timers = {
  after(delayMs, fn) {
    const timer = setTimeout(fn, Math.min(delayMs, TIMER_MS_MAX));
    timer.unref();
    return () => clearTimeout(timer);
  },
  sleep(delayMs, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(delayMs, TIMER_MS_MAX));
      signal?.addEventListener('abort', done);
    });
  },
};

export const systemPorts: Ports = { clock: systemClock, random: systemRandom, timers: systemTimers };
