import { expect, test } from 'vitest';
import { ageText, countdownText } from './age.ts';

test('an age uses the largest unit that fits', () => {
  expect([-5, 0, 14_900, 60_000, 250_000, 7_300_000, 200_000_000].map((ms) => ageText(ms, 'en'))).toEqual([
    '0 sec',
    '0 sec',
    '14 sec',
    '1 min',
    '4 min',
    '2 hr',
    '2 days',
  ]);
});

test('an age is as short in every region of a language', () => {
  expect(ageText(250_000, 'en-150')).toBe('4 min');
});

test('a countdown ends at zero', () => {
  expect([41_200, 60_000, 1, 0, -9].map(countdownText)).toEqual(['0:42', '1:00', '0:01', '0:00', '0:00']);
});
