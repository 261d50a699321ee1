/**
 * The edge's clock as the till can know it. Ages are told by the clock that wrote the times, since a tablet's own may
 * be minutes off.
 */
import type { Platform } from './platform.ts';

export type EdgeClock = {
  nowMs: () => number;
  /** Learns from the `now` of a status, an RFC 3339 instant. */
  learn: (edgeNow: string) => void;
  /** Told once a second. */
  subscribe: (listener: () => void) => () => void;
  /** The time of the last tick: the same for everything drawn at once. */
  tickMs: () => number;
};

/** The till's own clock until the first status arrives. */
export function createEdgeClock(platform: Pick<Platform, 'nowMs' | 'every'>): EdgeClock {
  let offsetMs = 0;
  let tickMs = platform.nowMs();
  const listeners = new Set<() => void>();
  let stop: (() => void) | null = null;
  const nowMs = () => platform.nowMs() + offsetMs;
  const tick = () => {
    tickMs = nowMs();
    for (const listener of listeners) listener();
  };
  return {
    nowMs,
    learn: (edgeNow) => {
      offsetMs = Date.parse(edgeNow) - platform.nowMs();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      if (stop === null) {
        tickMs = nowMs();
        stop = platform.every(1_000, tick);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      };
    },
    tickMs: () => tickMs,
  };
}
