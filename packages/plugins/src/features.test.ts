import type { Json } from '@holdfast/workflow';
import { describe, expect, it } from 'vitest';
import { readFeatures } from './features.ts';

const FEATURES = [
  { name: 'amount', mean: 10, scale: 4 },
  { name: 'is_manual', mean: 0, scale: 1 },
];

function read(input: Json, preprocess: 'none' | 'normalize' | 'resize' = 'none') {
  const row = readFeatures(input, FEATURES, preprocess);
  return typeof row === 'string' ? row : [...row];
}

describe('features', () => {
  it('are read out of a list in their order, or out of a record by their names', () => {
    expect(read([2, 1])).toEqual([2, 1]);
    expect(read({ is_manual: 1, amount: 2, other: 'x' })).toEqual([2, 1]);
  });

  it('are numbers, decimal strings, or true and false', () => {
    expect(read(['-2.50', true])).toEqual([-2.5, 1]);
    expect(read([0.25, false])).toEqual([0.25, 0]);
  });

  it('are normalised by the mean and the scale of their training', () => {
    expect(read(['12', 1], 'normalize')).toEqual([0.5, 1]);
  });

  it.each([
    [[1], 'the model takes 2 features, and the list has 1'],
    [[1, 2, 3], 'the model takes 2 features, and the list has 3'],
    [{ amount: 1 }, 'the feature is_manual is missing'],
    [[1, null], 'the feature is_manual is not a number'],
    [['12 SEK', 1], 'the feature amount is not a number'],
    [['', 1], 'the feature amount is not a number'],
    [['0x10', 1], 'the feature amount is not a number'],
    [['1e5', 1], 'the feature amount is not a number'],
    [[1e39, 1], 'the feature amount is too large'],
    [Object.create({ amount: 1, is_manual: 1 }), 'the feature amount is missing'],
    [null, 'the input is neither a list nor a record'],
    ['1', 'the input is neither a list nor a record'],
  ] satisfies [Json, string][])('of %j are refused', (input, why) => {
    expect(read(input)).toBe(why);
  });

  it('are not made of pictures', () => {
    expect(read([1, 2], 'resize')).toBe('this model takes numbers, and "resize" is for pictures');
  });
});
