import { expect, test } from 'vitest';
import { byDay } from './days.ts';

test('days are those of the store, not of the screen', () => {
  const sales = ['2026-03-02T00:30:00.000Z', '2026-03-01T23:30:00.000Z', '2026-03-01T12:00:00.000Z'].map(
    (at) => ({
      created_at: at,
    }),
  );
  const counts = (timeZone: string) =>
    byDay(sales, { timeZone, locale: 'en' }).map((day) => day.sales.length);
  expect(counts('UTC')).toEqual([1, 2]);
  expect(counts('Europe/Stockholm')).toEqual([2, 1]);
});
