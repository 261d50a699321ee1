import { expect, test } from 'vitest';
import { cashSuggestions } from './cash.ts';

test('rounds up to the notes of the currency', () => {
  expect(cashSuggestions(41_250n, 'SEK')).toEqual([45_000n, 50_000n, 60_000n, 100_000n]);
  expect(cashSuggestions(3_700n, 'SEK')).toEqual([5_000n, 10_000n, 20_000n, 50_000n, 100_000n]);
  expect(cashSuggestions(50_000n, 'SEK')).toEqual([60_000n, 100_000n]);
  expect(cashSuggestions(1_250n, 'EUR')).toEqual([1_500n, 2_000n, 5_000n, 10_000n]);
  expect(cashSuggestions(1_200n, 'JPY')).toEqual([2_000n, 5_000n, 10_000n]);
  expect(cashSuggestions(0n, 'SEK')).toEqual([]);
});

test('always covers the amount, ascending, each sum once', () => {
  for (const currency of ['SEK', 'EUR', 'JPY', 'KWD']) {
    for (let due = 1n; due < 10n ** 15n; due = due * 3n + 7n) {
      const sums = cashSuggestions(due, currency);
      for (const [index, sum] of sums.entries()) {
        expect(sum > (sums[index - 1] ?? due)).toBe(true);
      }
    }
  }
});
