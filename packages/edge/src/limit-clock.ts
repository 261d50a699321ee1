/** The time by which what was granted for a while ends: setting the wall clock back does not make it last. */
import type { Clock } from '@holdfast/base';

/**
 * Milliseconds since the epoch by the wall clock, or by what has passed since the call where that is more: a clock that
 * is set back is not followed while the process lives. What was granted by an earlier process is bounded by its length.
 */
export function createLimitClock(clock: Clock): () => number {
  const startMs = clock.nowMs() - clock.monotonicMs();
  return () => Math.max(clock.nowMs(), startMs + clock.monotonicMs());
}
