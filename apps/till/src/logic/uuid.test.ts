import { expect, test } from 'vitest';
import { uuidV7 } from './uuid.ts';

test('carries the time, the version and the variant', () => {
  const zeros = uuidV7({ nowMs: () => 0x0123_4567_89ab, randomBytes: (count) => new Uint8Array(count) });
  expect(zeros).toBe('01234567-89ab-7000-8000-000000000000');
  const ones = uuidV7({ nowMs: () => 0, randomBytes: (count) => new Uint8Array(count).fill(255) });
  expect(ones).toBe('00000000-0000-7fff-bfff-ffffffffffff');
});

test('sorts by time', () => {
  const at = (ms: number) => uuidV7({ nowMs: () => ms, randomBytes: (count) => new Uint8Array(count) });
  expect(at(1_763_000_000_000) < at(1_763_000_000_001)).toBe(true);
});
