import { isUuidV7 } from '@holdfast/base';
import { expect, it } from 'vitest';
import { createKeyMaker } from './keys.ts';

it('makes distinct keys, far beyond one pool', () => {
  const newKey = createKeyMaker();
  const keys = Array.from({ length: 5_000 }, newKey);
  expect(keys.every(isUuidV7)).toBe(true);
  expect(new Set(keys).size).toBe(keys.length);
});
