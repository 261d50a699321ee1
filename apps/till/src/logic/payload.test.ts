import { expect, test } from 'vitest';
import { linesOf } from './payload.ts';

test('reads the lines of a sale', () => {
  const items = [{ sku: 'a', name: 'Coffee', quantity: 2, unit_price: '32.50' }];
  expect(linesOf(JSON.stringify({ items }))).toEqual([{ name: 'Coffee', quantity: 2, unit_price: '32.50' }]);
});

test('leaves out what cannot be read', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{"items":5}',
    '{"items":[null,{"name":"x"},{"name":1,"quantity":1.5}]}',
  ]) {
    expect(linesOf(text)).toEqual([]);
  }
});
