import type { ScheduleOrder } from '@holdfast/workflow';
import { describe, expect, it } from 'vitest';
import { nextDueMs } from './cron.ts';
import { dueTimes, queued } from './due-times.ts';

const order = (more: Partial<ScheduleOrder>): ScheduleOrder => ({
  schedule: 's',
  cron: '0 * * * *',
  time_zone: 'Europe/Stockholm',
  workflow_type: 'W',
  input: {},
  missed: 'one',
  overlap: 'skip',
  ...more,
});
const at = (text: string) => Date.parse(text);
const texts = (dues: readonly number[]) => dues.map((ms) => new Date(ms).toISOString().slice(0, 16));

describe('times of a schedule', () => {
  const fromMs = at('2026-03-02T10:00:00Z');

  it('are due one by one', () => {
    const early = dueTimes(order({}), { fromMs, nowMs: fromMs - 1 });
    expect(early).toEqual({ dues: [], nextMs: fromMs });
    const due = dueTimes(order({}), { fromMs, nowMs: fromMs });
    expect(due).toEqual({ dues: [fromMs], nextMs: at('2026-03-02T11:00:00Z') });
    expect(dueTimes(order({}), { fromMs: at('2026-03-02T11:00:00Z'), nowMs: fromMs + 59_000 }).dues).toEqual(
      [],
    );
  });

  it('that passed are left out, made up for once, or all of them', () => {
    const nowMs = at('2026-03-02T13:30:00Z');
    const of = (missed: ScheduleOrder['missed']) => dueTimes(order({ missed }), { fromMs, nowMs });
    expect(of('skip').dues).toEqual([]);
    expect(texts(of('one').dues)).toEqual(['2026-03-02T13:00']);
    expect(texts(of('all').dues)).toEqual(['10', '11', '12', '13'].map((hour) => `2026-03-02T${hour}:00`));
    expect(texts([of('skip').nextMs ?? 0])).toEqual(['2026-03-02T14:00']);
  });

  it('that passed are made up for by one that is on time', () => {
    const nowMs = at('2026-03-02T13:00:30Z');
    expect(texts(dueTimes(order({}), { fromMs, nowMs }).dues)).toEqual(['2026-03-02T13:00']);
  });

  it('are bounded: of a year that passed, the last hundred', () => {
    const { dues } = dueTimes(order({ missed: 'all' }), { fromMs, nowMs: fromMs + 365 * 86_400_000 });
    expect(dues).toHaveLength(100);
    expect(texts(dues).at(-1)).toBe('2027-03-02T10:00');
    expect(queued(dues, [dues[99] ?? 0, (dues[99] ?? 0) + 1])).toHaveLength(100);
  });

  it('are those of the time zone, on the days that have 23 and 25 hours, too', () => {
    const daily = order({ cron: '30 2 * * *' });
    const next = (text: string) => new Date(nextDueMs(daily, at(text)) ?? 0).toISOString();
    expect(next('2026-03-28T00:00:00Z')).toBe('2026-03-28T01:30:00.000Z');
    // There is no half past two on the 29th: it comes when there is a time again.
    expect(next('2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
    // There are two on the 25th of October: it comes once.
    expect(next('2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(next('2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z');
  });

  it('end with a pattern that has none left', () => {
    expect(nextDueMs(order({ cron: '0 0 30 2 *' }), fromMs)).toBeNull();
  });
});
