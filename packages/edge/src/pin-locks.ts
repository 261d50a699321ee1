/** Locks of this process, by a clock that nobody sets: moving the wall clock forward lifts none. */
import type { Clock } from '@holdfast/base';

export type PinLocks = {
  lock(staffId: string, ms: number): void;
  /** 0 when the person is not locked. */
  remainingMs(staffId: string): number;
};

export function createPinLocks(clock: Clock): PinLocks {
  const untilMs = new Map<string, number>();
  return {
    lock: (staffId, ms) => untilMs.set(staffId, clock.monotonicMs() + ms),
    remainingMs(staffId) {
      const remaining = (untilMs.get(staffId) ?? 0) - clock.monotonicMs();
      if (remaining <= 0) untilMs.delete(staffId);
      return Math.max(0, remaining);
    },
  };
}
