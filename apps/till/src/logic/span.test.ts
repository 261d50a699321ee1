import { expect, test } from 'vitest';
import { spanText } from './span.ts';

test.each([
  [0, '0 ms'],
  [340, '340 ms'],
  [1_240, '1.2 sec'],
  [42_000, '42 sec'],
  [240_000, '4 min'],
  [7_200_000, '2 hr'],
  [172_800_000, '2 days'],
])('%d ms is told as %s', (ms, text) => {
  expect(spanText(ms, 'en-150')).toBe(text);
});
