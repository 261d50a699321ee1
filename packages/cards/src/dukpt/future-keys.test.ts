import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type CounterRule, isUsableCounter, onesFromHighest } from './counter.ts';
import { FutureKeys } from './future-keys.ts';

/** A small tree, so that all of it can be walked. */
const RULE: CounterRule = { bits: 10, onesMax: 4 };

function derive(key: Uint8Array, counter: number): Uint8Array {
  return new Uint8Array(createHash('sha256').update(key).update(String(counter)).digest());
}

test('every usable counter comes with its key, and then there are no more', () => {
  const initialKey = Uint8Array.of(1, 2, 3);
  const keys = new FutureKeys({ initialKey, rule: RULE, derive });
  const expected: number[] = [];
  for (let counter = 1; counter < 2 ** RULE.bits; counter += 1) {
    if (isUsableCounter(counter, RULE)) expected.push(counter);
  }
  const seen: number[] = [];
  for (let taken = keys.take(); taken !== undefined; taken = keys.take()) {
    let key: Uint8Array = initialKey;
    let sum = 0;
    for (const one of onesFromHighest(taken.counter)) {
      sum += one;
      key = derive(key, sum);
    }
    expect(taken.key).toEqual(key);
    seen.push(taken.counter);
  }
  expect(seen).toEqual(expected);
  expect(keys.counter).toBeUndefined();
});

test('no key that is held leads to one that was used', () => {
  const held = new Map<string, number>();
  const tracked = (key: Uint8Array, counter: number): Uint8Array => {
    const next = derive(key, counter);
    held.set(Buffer.from(next).toString('hex'), counter);
    return next;
  };
  const keys = new FutureKeys({ initialKey: Uint8Array.of(9), rule: RULE, derive: tracked });
  let last = 0;
  for (let taken = keys.take(); taken !== undefined; taken = keys.take()) {
    const name = Buffer.from(taken.key).toString('hex');
    expect(held.get(name)).toBe(taken.counter);
    held.delete(name);
    for (const counter of held.values()) expect(counter).toBeGreaterThan(taken.counter);
    expect(held.size).toBeLessThanOrEqual(RULE.bits);
    expect(taken.counter).toBeGreaterThan(last);
    last = taken.counter;
  }
  expect(held.size).toBe(0);
});
