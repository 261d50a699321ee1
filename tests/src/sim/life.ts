/**
 * One life of a process: its ports on the virtual clock, and its end. What a life leaves behind when it is killed never
 * runs again: its timers are taken out of the queue, and nobody answers what it asked.
 */
import type { Ports } from '@holdfast/base';
import type { Seeded } from '../support/seeded.ts';
import type { Scheduler } from './scheduler.ts';

/** Thrown through code that was at work when its process was killed; nothing may run after it. */
export class Killed extends Error {
  override name = 'Killed';
}

/** When the world begins, as clocks that are right show it. */
export const EPOCH_MS = 1_767_225_600_000;

export type Life = {
  readonly ports: Ports;
  readonly isOver: boolean;
  /** Rejects with {@link Killed} at the end. */
  readonly ended: Promise<never>;
  /** Timers that have neither fired nor been cancelled. */
  readonly timers: number;
  end(): void;
};

/** Begins a life now; `clockOffsetMs` says how wrong its wall clock is. */
export function beginLife(
  scheduler: Scheduler,
  { name, random, clockOffsetMs }: { name: string; random: Seeded; clockOffsetMs: () => number },
): Life {
  const bornMs = scheduler.nowMs;
  const armed = new Set<() => void>();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => undefined); // Nobody may be waiting for the end.
  let isOver = false;
  const after = (delayMs: number, fn: () => void) => {
    if (isOver) return () => undefined;
    const take = scheduler.after(delayMs, { kind: 'timer', node: name }, () => {
      armed.delete(cancel);
      unlessKilled(fn);
    });
    const cancel = () => {
      armed.delete(cancel);
      take();
    };
    armed.add(cancel);
    return cancel;
  };
  return {
    ended,
    get isOver() {
      return isOver;
    },
    get timers() {
      return armed.size;
    },
    ports: {
      clock: {
        nowMs: () => Math.floor(EPOCH_MS + scheduler.nowMs + clockOffsetMs()),
        monotonicMs: () => scheduler.nowMs - bornMs,
      },
      random,
      timers: { after, sleep: (delayMs, signal) => sleep(after, delayMs, signal) },
    },
    end() {
      isOver = true;
      for (const cancel of [...armed]) cancel();
      reject(new Killed());
    },
  };
}

/** Runs `fn`, which may be killed in the middle. */
export function unlessKilled(fn: () => void): void {
  try {
    fn();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

function sleep(
  after: Ports['timers']['after'],
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = after(delayMs, done);
    signal?.addEventListener('abort', done);
  });
}
