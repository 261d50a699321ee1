import { isUuidV7 } from '@holdfast/base';
import { describe, expect, it } from 'vitest';
import { compare, saleId } from './sale-id.ts';

describe('saleId', () => {
  it('is a UUIDv7 that rises', () => {
    const ids = [0, 1, 255, 9_999].map(saleId);
    expect(ids.every(isUuidV7)).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('compare', () => {
  it('tells the missing, the double and the foreign apart', () => {
    const stored = [saleId(0), saleId(1), saleId(1), saleId(3), 'nobody'];
    expect(compare(stored, { from: 1, to: 5 })).toEqual({ distinct: 2, duplicated: 1, lost: 2, foreign: 1 });
    expect(compare([saleId(0)], { from: 0, to: 1 })).toEqual({
      distinct: 1,
      duplicated: 0,
      lost: 0,
      foreign: 0,
    });
  });
});
