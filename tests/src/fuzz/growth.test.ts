import { expect, it } from 'vitest';
import { findGrowth } from './growth.ts';

const samples = (bytes: (index: number) => number) =>
  Array.from({ length: 24 }, (_, index) => ({ execs: 1_000 * (index + 1), bytes: bytes(index) }));
const MIB = 2 ** 20;

it('is found where memory rises to the end', () => {
  expect(findGrowth(samples((index) => 8 * MIB + index * 100_000))).toEqual({
    bytes: 1_100_000,
    execs: 11_000,
  });
});

it.each([
  ['a cache that fills and then stays', (index: number) => 8 * MIB + Math.min(index, 11) * MIB],
  ['memory that goes up and down', (index: number) => 8 * MIB + (index % 2) * 4 * MIB],
  ['a rise too small to matter', (index: number) => 8 * MIB + index * 1_000],
  ['one leap', (index: number) => 8 * MIB + (index > 18 ? 4 * MIB : 0)],
])('is not %s', (_, bytes) => {
  expect(findGrowth(samples(bytes))).toBeUndefined();
});

it('is not told from few samples', () => {
  expect(findGrowth(samples((index) => index * MIB).slice(0, 6))).toBeUndefined();
});
