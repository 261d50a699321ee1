import { AssertionError } from '@holdfast/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate } from './allocate.ts';
import { sumMinor } from './amount.ts';

test('what does not divide goes to the largest ratios', () => {
  expect(allocate(100n, [1n, 2n])).toEqual([33n, 67n]);
  expect(allocate(-100n, [1n, 2n])).toEqual([-33n, -67n]);
  expect(allocate(5n, [0n, 1n, 0n])).toEqual([0n, 5n, 0n]);
});

test('no unit is lost, and no share is off by more than one unit', () => {
  const ratios = fc
    .array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 30 })
    .filter((list) => list.some((ratio) => ratio > 0n));
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), ratios, (minor, list) => {
      const shares = allocate(minor, list);
      const total = sumMinor(list);
      expect(sumMinor(shares)).toBe(minor);
      expect(shares.length).toBe(list.length);
      for (const [index, share] of shares.entries()) {
        const floor = (minor * (list[index] ?? 0n)) / total;
        expect([floor - 1n, floor, floor + 1n]).toContain(share);
      }
    }),
  );
});

test('nothing to divide by is a programming error', () => {
  for (const ratios of [[], [0n], [1n, -1n]]) expect(() => allocate(1n, ratios)).toThrow(AssertionError);
});
