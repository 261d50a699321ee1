import { isAppError, LIMITS } from '@holdfast/base';
import { sumMinor, toDecimal } from '@holdfast/money';
import { SaleRequest } from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priceSale } from './sale.ts';

function request(members: Partial<SaleRequest> = {}): SaleRequest {
  return {
    cashier_id: 'c-1',
    currency: 'SEK',
    items: [
      { sku: 'coffee', name: 'Coffee', quantity: 2, unit_price: '32.50' },
      { sku: 'bun', name: 'Bun', quantity: 1, unit_price: 29.9 },
    ],
    ...members,
  };
}

describe('priceSale', () => {
  test('adds up, and without tenders takes exact cash', () => {
    expect(priceSale(request())).toEqual({
      currency: 'SEK',
      exponent: 2,
      lines: [
        { sku: 'coffee', name: 'Coffee', quantity: 2, unit_price_minor: 3250n, amount_minor: 6500n },
        { sku: 'bun', name: 'Bun', quantity: 1, unit_price_minor: 2990n, amount_minor: 2990n },
      ],
      total_minor: 9490n,
      tenders: [{ type: 'cash', amount_minor: 9490n }],
      change_minor: 0n,
    });
  });

  test('gives change from cash', () => {
    const tenders = [{ type: 'cash', amount: '50' } as const, { type: 'cash', amount: 50 } as const];
    expect(priceSale(request({ tenders })).change_minor).toBe(510n);
  });

  test('takes the largest total and nothing beyond it', () => {
    const items = [{ sku: 'a', name: 'A', quantity: 1, unit_price: '9999999999999.99' }];
    expect(priceSale(request({ items })).total_minor).toBe(LIMITS.amountMinorMax);
    const [item] = items;
    const two = item === undefined ? [] : [{ ...item, quantity: 2 }];
    expect(() => priceSale(request({ items: two }))).toThrow(refusal('amount_out_of_range'));
    const tenders = Array.from({ length: 2 }, () => ({ type: 'cash', amount: '9999999999999.99' }) as const);
    expect(() => priceSale(request({ items, tenders }))).toThrow(refusal('amount_out_of_range'));
  });

  test.each([
    [0, 'invalid_request'],
    ['-1', 'invalid_request'],
    [Number.NaN, 'invalid_request'],
    [0.005, 'amount_precision'],
    [1e21, 'amount_out_of_range'],
  ] as const)('names the place of a price of %s: %s', (unitPrice, code) => {
    const items = [...request().items, { sku: 'x', name: 'X', quantity: 1, unit_price: unitPrice }];
    expect(() => priceSale(request({ items }))).toThrow(refusal(code, '/items/2/unit_price'));
  });

  test('names the place of a wrong tender', () => {
    const tenders = [{ type: 'cash', amount: '100' } as const, { type: 'cash', amount: '0.00' } as const];
    expect(() => priceSale(request({ tenders }))).toThrow(refusal('invalid_request', '/tenders/1/amount'));
  });

  test('refuses tenders below the total, and unknown currencies', () => {
    const tenders = [{ type: 'cash', amount: '94.89' } as const];
    expect(() => priceSale(request({ tenders }))).toThrow(refusal('tenders_insufficient'));
    expect(() => priceSale(request({ tenders }))).toThrow('0.01 SEK');
    expect(() => priceSale(request({ currency: 'XXX' }))).toThrow(refusal('unknown_currency'));
  });

  test('lines sum to the total, and tenders are total and change', () => {
    const item = fc.record({
      sku: fc.constant('a'),
      name: fc.constant('A'),
      quantity: fc.integer({ min: 1, max: 1000 }),
      unit_price: fc.bigInt({ min: 1n, max: 1_000_000n }).map((minor) => toDecimal(minor, 'SEK')),
    });
    const tender = fc.bigInt({ min: 1n, max: 10n ** 12n }).map((minor) => ({
      type: 'cash' as const,
      amount: toDecimal(minor, 'SEK'),
    }));
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 20 }),
        fc.array(tender, { minLength: 1 }),
        (items, tenders) => {
          try {
            const sale = priceSale(SaleRequest.parse({ cashier_id: 'c', items, tenders }));
            expect(sumMinor(sale.lines.map((line) => line.amount_minor))).toBe(sale.total_minor);
            expect(sumMinor(sale.tenders.map((paid) => paid.amount_minor))).toBe(
              sale.total_minor + sale.change_minor,
            );
            expect(sale.change_minor >= 0n).toBe(true);
          } catch (error) {
            if (!isAppError(error, 'tenders_insufficient')) throw error;
          }
        },
      ),
    );
  });
});

function refusal(code: Parameters<typeof isAppError>[1], pointer?: string): unknown {
  return expect.toSatisfy(
    (error) => isAppError(error, code) && (pointer === undefined || error.faults[0]?.pointer === pointer),
  );
}
