import { expect, test } from 'vitest';
import { createPinLocks } from './pin-locks.ts';

const HOUR_MS = 3_600_000;

test('a lock lasts as long as it was set for, whichever way the wall clock is moved', () => {
  let [wallMs, passedMs] = [1_780_000_000_000, 5_000];
  const locks = createPinLocks({ nowMs: () => wallMs, monotonicMs: () => passedMs });
  locks.lock('anna', 60_000);
  expect([locks.remainingMs('anna'), locks.remainingMs('bert')]).toEqual([60_000, 0]);
  wallMs += HOUR_MS;
  expect(locks.remainingMs('anna')).toBe(60_000);
  wallMs -= 2 * HOUR_MS;
  passedMs += 59_000;
  expect(locks.remainingMs('anna')).toBe(1_000);
  passedMs += 1_000;
  expect(locks.remainingMs('anna')).toBe(0);
});
