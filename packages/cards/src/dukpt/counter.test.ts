import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AES_COUNTER,
  isUsableCounter,
  nextCounter,
  onesFromHighest,
  onesOf,
  TDES_COUNTER,
} from './counter.ts';

test('the ones of a counter, up to the highest bit', () => {
  expect(onesOf(0)).toBe(0);
  expect(onesOf(0xffffffff)).toBe(32);
  expect(onesFromHighest(0x80000005)).toEqual([0x80000000, 4, 1]);
});

test('all usable counters of triple DES come once each, in order, 1,048,575 of them', () => {
  let count = 0;
  let last = 0;
  for (
    let counter: number | undefined = 1;
    counter !== undefined;
    counter = nextCounter(counter, TDES_COUNTER)
  ) {
    if (counter <= last || !isUsableCounter(counter, TDES_COUNTER)) throw new Error(`not usable: ${counter}`);
    last = counter;
    count += 1;
  }
  // The number of words of 21 bits with 1 to 10 ones: half of all, without the one that is zero.
  expect(count).toBe(2 ** 20 - 1);
  expect(last).toBe(0x1ff800);
});

test('the next counter is the smallest usable one above', () => {
  const counters = fc
    .integer({ min: 1, max: 2 ** 32 - 1 })
    .filter((counter) => isUsableCounter(counter, AES_COUNTER));
  fc.assert(
    fc.property(counters, (counter) => {
      const next = nextCounter(counter, AES_COUNTER);
      if (next === undefined) return;
      expect(isUsableCounter(next, AES_COUNTER)).toBe(true);
      for (let between = counter + 1; between < Math.min(next, counter + 300); between += 1) {
        expect(isUsableCounter(between, AES_COUNTER)).toBe(false);
      }
    }),
  );
});

test('the ends of AES counters', () => {
  expect(nextCounter(0x1fffe, AES_COUNTER)).toBe(0x20000);
  expect(nextCounter(0xfffe8000, AES_COUNTER)).toBe(0xffff0000);
  expect(nextCounter(0xffff0000, AES_COUNTER)).toBeUndefined();
  expect([0, 0x1ffff, 2 ** 32, -1, 1.5].some((counter) => isUsableCounter(counter, AES_COUNTER))).toBe(false);
});
