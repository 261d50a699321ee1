import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareDates,
  expiryText,
  isExpired,
  lastDayOf,
  localDateAt,
  parseExpiryText,
  parseYymm,
  parseYymmdd,
  toYymm,
} from './expiry.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('years below 50 are of this century', () => {
  expect(parseYymm(bytes('4912'))).toEqual({ year: 2049, month: 12 });
  expect(parseYymm(bytes('5001'))).toEqual({ year: 1950, month: 1 });
  expect(parseYymm(bytes('0001'))).toEqual({ year: 2000, month: 1 });
  expect(parseYymm(bytes('9901'))).toEqual({ year: 1999, month: 1 });
});

test('what is no month or no day is refused', () => {
  for (const text of ['', '251', '25122', '2500', '2513', '2x12', '25 1']) {
    expect(parseYymm(bytes(text)), text).toBeUndefined();
  }
  for (const text of ['251200', '251232', '250431', '250229', '2512', '25121x', '2512311']) {
    expect(parseYymmdd(bytes(text)), text).toBeUndefined();
  }
  expect(parseYymmdd(bytes('240229'))).toEqual({ year: 2024, month: 2, day: 29 });
  expect(parseYymmdd(bytes('000229'))).toEqual({ year: 2000, month: 2, day: 29 });
  for (const text of ['2025-13', '2025-00', '2025-1', '25-01', '2025-01-01', ' 2025-01']) {
    expect(parseExpiryText(text), text).toBeUndefined();
  }
});

test('a month comes back from both of its forms', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1950, max: 2049 }), fc.integer({ min: 1, max: 12 }), (year, month) => {
      const expiry = { year, month };
      expect(parseYymm(bytes(toYymm(expiry)))).toEqual(expiry);
      expect(parseExpiryText(expiryText(expiry))).toEqual(expiry);
    }),
  );
  expect(expiryText({ year: 2031, month: 8 })).toBe('2031-08');
});

test('a card is good through the last day of its month', () => {
  const expiry = { year: 2026, month: 2 };
  expect(lastDayOf(expiry)).toEqual({ year: 2026, month: 2, day: 28 });
  expect(isExpired(expiry, { year: 2026, month: 2, day: 28 })).toBe(false);
  expect(isExpired(expiry, { year: 2026, month: 3, day: 1 })).toBe(true);
  expect(isExpired(expiry, { year: 2025, month: 12, day: 31 })).toBe(false);
  expect(isExpired(expiry, { year: 2027, month: 1, day: 1 })).toBe(true);
  expect(lastDayOf({ year: 1900, month: 2 }).day).toBe(28);
});

test('the day is that of the terminal', () => {
  const midnight = Date.UTC(2026, 1, 28, 23, 30);
  expect(localDateAt(midnight, 'UTC')).toEqual({ year: 2026, month: 2, day: 28 });
  expect(localDateAt(midnight, 'Europe/Stockholm')).toEqual({ year: 2026, month: 3, day: 1 });
  expect(localDateAt(midnight, 'America/New_York')).toEqual({ year: 2026, month: 2, day: 28 });
});

test('dates have an order', () => {
  const day = { year: 2026, month: 2, day: 28 };
  expect(compareDates(day, day)).toBe(0);
  expect(compareDates(day, { ...day, day: 27 })).toBeGreaterThan(0);
  expect(compareDates(day, { ...day, month: 3, day: 1 })).toBeLessThan(0);
  expect(compareDates(day, { year: 2027, month: 1, day: 1 })).toBeLessThan(0);
});
