/**
 * The ports of a simulated world: a clock that moves when it is told to, randomness from a seed, timers that fire in
 * the order of their time. The same seed and the same calls give the same run.
 */
import type { Cancel, Ports } from './ports.ts';

export type VirtualPorts = Ports & {
  /** Moves time on by `ms`, firing what falls due in order and letting its promises run in between. */
  advance(ms: number): Promise<void>;
  /** Lets the wall clock jump without moving monotonic time or firing anything. */
  jumpWallClock(ms: number): void;
};

type Timer = { dueMs: number; order: number; fn: () => void };

/** Turns of the microtask queue that a fired timer is given before time moves on. */
const TURNS = 64;

export function createVirtualPorts({
  seed,
  startMs = 1_767_225_600_000,
}: {
  seed: number;
  startMs?: number;
}): VirtualPorts {
  let monotonicMs = 0;
  let wallOffsetMs = startMs;
  let order = 0;
  let timers: Timer[] = [];
  const next = createGenerator(seed);
  const after = (delayMs: number, fn: () => void): Cancel => {
    const timer = { dueMs: monotonicMs + Math.max(0, delayMs), order: order++, fn };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  };
  return {
    clock: { nowMs: () => wallOffsetMs + monotonicMs, monotonicMs: () => monotonicMs },
    random: {
      bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
      unit: () => next() / 2 ** 32,
    },
    timers: {
      after,
      sleep: (delayMs, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const done = () => {
            cancel();
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const cancel = after(delayMs, done);
          signal?.addEventListener('abort', done);
        }),
    },
    async advance(ms) {
      const untilMs = monotonicMs + ms;
      await settle();
      for (;;) {
        const due = timers
          .filter((timer) => timer.dueMs <= untilMs)
          .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
        if (!due) break;
        timers = timers.filter((timer) => timer !== due);
        monotonicMs = Math.max(monotonicMs, due.dueMs);
        due.fn();
        await settle();
      }
      monotonicMs = untilMs;
    },
    jumpWallClock(ms) {
      wallOffsetMs += ms;
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}

/** Mulberry32: 32 bits a call, one word of state; good enough to draw faults and delays, not for keys. */
function createGenerator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  };
}
