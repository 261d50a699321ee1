/** When a schedule is due, in the time zone it names; what becomes of hours that a clock change takes or repeats is croner's rule. */
import type { ScheduleOrder } from '@holdfast/workflow';
import { Cron } from 'croner';

/** The first time after `nowMs`, in milliseconds; null when there is none. */
export function nextDueMs({ cron, time_zone }: Pattern, nowMs: number): number | null {
  return new Cron(cron, { timezone: time_zone }).nextRun(new Date(nowMs))?.getTime() ?? null;
}

/** The last times up to and with `untilMs`, not before `fromMs`, at most `limit` of them, the earliest first. */
export function duesBetween(
  { cron, time_zone }: Pattern,
  { fromMs, untilMs, limit }: { fromMs: number; untilMs: number; limit: number },
): number[] {
  // Whole seconds: the time itself shall count.
  const end = new Date((Math.floor(untilMs / 1000) + 1) * 1000);
  const runs = new Cron(cron, { timezone: time_zone }).previousRuns(limit, end);
  return runs
    .map((run) => run.getTime())
    .filter((dueMs) => dueMs >= fromMs && dueMs <= untilMs)
    .sort((a, b) => a - b);
}

type Pattern = Pick<ScheduleOrder, 'cron' | 'time_zone'>;
