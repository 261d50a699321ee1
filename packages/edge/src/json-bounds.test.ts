import { expect, test } from 'vitest';
import { whyNotKept } from './json-bounds.ts';

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

test.each([
  ['a number beyond all bounds', JSON.parse('{"a":[1e999]}')],
  ['one below them', JSON.parse('-1e999')],
  ['half a surrogate pair', ['\ud800']],
  ['a name of half a surrogate pair', { '\ud800': 1 }],
  ['lists in lists', nested(100_000)],
])('%s is not kept', (_, json) => {
  expect(whyNotKept(json)).toBeDefined();
});

test.each([[null], [{ a: [1.5, 'ä', true, null] }], [nested(64)]])('the rest is: %j', (json) => {
  expect(whyNotKept(json)).toBeUndefined();
});
