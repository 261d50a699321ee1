/** What becomes of the times of a schedule: a function of the schedule and the clock. */
import type { ScheduleOrder } from '@holdfast/workflow';
import { duesBetween, nextDueMs } from './cron.ts';

/** A time that is looked at later than this has passed while nothing ran. */
const ON_TIME_MS = 60_000;
/** Of times that have passed, and of those that wait, the latest so many count. */
const DUES_MAX = 100;

/** Times to begin an instance for, the earliest first, and when the schedule is due next. */
export type DueTimes = { dues: number[]; nextMs: number | null };

/**
 * What is due at `nowMs`. `fromMs` is the first time that was not looked at. Times that have passed are all left out,
 * or the last of them counts, or all do, as `missed` says.
 */
export function dueTimes(
  order: ScheduleOrder,
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
): DueTimes {
  const nextMs = nextDueMs(order, nowMs);
  if (fromMs > nowMs) return { dues: [], nextMs };
  const passed = duesBetween(order, { fromMs, untilMs: nowMs, limit: DUES_MAX });
  const onTime = passed.filter((dueMs) => nowMs - dueMs <= ON_TIME_MS);
  const missed = passed.filter((dueMs) => nowMs - dueMs > ON_TIME_MS);
  if (order.missed === 'all') return { dues: passed, nextMs };
  // One that is on time stands for those that were missed.
  const last = order.missed === 'one' && onTime.length === 0 ? missed.slice(-1) : [];
  return { dues: [...last, ...onTime], nextMs };
}

/** A queue of times with others behind it; it keeps the latest when it is full. */
export function queued(queue: readonly number[], dues: readonly number[]): number[] {
  return [...new Set([...queue, ...dues])].sort((a, b) => a - b).slice(-DUES_MAX);
}
