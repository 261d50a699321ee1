/** The real ports: the machine's clock, its random source and its timers. */
import { randomFillSync } from 'node:crypto';
import type { Clock, Ports, Random, Timers } from './ports.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

export const systemRandom: Random = {
  bytes: (length) => randomFillSync(new Uint8Array(length)),
  unit: () => {
    const word = randomFillSync(new Uint32Array(2));
    return ((word[0] ?? 0) * 2 ** 21 + ((word[1] ?? 0) >>> 11)) / 2 ** 53;
  },
};

export const systemTimers: Timers = {
  after(delayMs, fn) {
    const timer = setTimeout(fn, delayMs);
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
      const timer = setTimeout(done, delayMs);
      signal?.addEventListener('abort', done);
    });
  },
};

export const systemPorts: Ports = { clock: systemClock, random: systemRandom, timers: systemTimers };
