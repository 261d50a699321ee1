import { isAppError, LIMITS } from '@holdfast/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumMinor, toDecimal, toMinor } from './amount.ts';
import { CURRENCY_CODES, currencyOf } from './currency.ts';

const anyMinor = fc.bigInt({ min: -LIMITS.amountMinorMax, max: LIMITS.amountMinorMax });
const anyCurrency = fc.constantFrom(...CURRENCY_CODES);

describe('toMinor', () => {
  test.each([
    ['12.5', 'SEK', 1250n],
    ['12.500', 'SEK', 1250n],
    ['12.50000000000000000000', 'SEK', 1250n],
    ['-0.05', 'SEK', -5n],
    ['-0', 'SEK', 0n],
    ['1200', 'JPY', 1200n],
    ['1200.0', 'JPY', 1200n],
    ['1.234', 'BHD', 1234n],
    ['9999999999999.99', 'SEK', LIMITS.amountMinorMax],
    [12.5, 'SEK', 1250n],
    [-0, 'SEK', 0n],
    [0.29, 'SEK', 29n],
    [1.005, 'BHD', 1005n],
    [9999999999999.99, 'SEK', LIMITS.amountMinorMax],
  ])('%j %s is %s', (amount, currency, minor) => {
    expect(toMinor(amount, currency)).toBe(minor);
  });

  test.each([
    ['12.505', 'SEK', 'amount_precision'],
    ['0.1', 'JPY', 'amount_precision'],
    [0.1 + 0.2, 'SEK', 'amount_precision'],
    [1e-7, 'SEK', 'amount_precision'],
    ['10000000000000.00', 'SEK', 'amount_out_of_range'],
    ['-10000000000000.00', 'SEK', 'amount_out_of_range'],
    ['9'.repeat(400), 'SEK', 'amount_out_of_range'],
    [1e21, 'SEK', 'amount_out_of_range'],
    [-Number.MAX_VALUE, 'SEK', 'amount_out_of_range'],
    [Number.NaN, 'SEK', 'invalid_request'],
    [Number.POSITIVE_INFINITY, 'SEK', 'invalid_request'],
    ['1', 'SEX', 'unknown_currency'],
  ] as const)('%j %s is refused: %s', (amount, currency, code) => {
    expect(() => toMinor(amount, currency)).toThrow(expect.toSatisfy((error) => isAppError(error, code)));
  });

  test.each([
    '',
    '-',
    '.',
    '.5',
    '5.',
    '+1',
    '01',
    '-01',
    '00',
    '1e3',
    '1,5',
    ' 1',
    '1 ',
    '1.2.3',
    '0x1',
    '١',
  ])('%j is not a decimal number', (text) => {
    expect(() => toMinor(text, 'SEK')).toThrow(
      expect.toSatisfy((error) => isAppError(error, 'invalid_request')),
    );
  });

  test('reads back what toDecimal wrote, in every currency', () => {
    for (const currency of CURRENCY_CODES) {
      fc.assert(
        fc.property(anyMinor, (minor) => toMinor(toDecimal(minor, currency), currency) === minor),
        { numRuns: 50 },
      );
    }
  });

  test('takes numbers and their decimal text alike', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        const text = toDecimal(minor, currency);
        expect(toMinor(Number(text), currency)).toBe(minor);
      }),
    );
  });

  test('refuses every digit that the currency cannot hold', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, fc.integer({ min: 1, max: 9 }), (minor, currency, digit) => {
        const dot = currencyOf(currency).exponent === 0 ? '.' : '';
        expect(() => toMinor(`${toDecimal(minor, currency)}${dot}${digit}`, currency)).toThrow(
          expect.toSatisfy((error) => isAppError(error, 'amount_precision')),
        );
      }),
    );
  });
});

test('toDecimal shows all decimals of the currency', () => {
  expect(toDecimal(1250n, 'SEK')).toBe('12.50');
  expect(toDecimal(-5n, 'SEK')).toBe('-0.05');
  expect(toDecimal(0n, 'SEK')).toBe('0.00');
  expect(toDecimal(1200n, 'JPY')).toBe('1200');
  expect(toDecimal(1234n, 'BHD')).toBe('1.234');
  expect(toDecimal(1n, 'CLF')).toBe('0.0001');
});

test('sumMinor adds any amounts', () => {
  expect(sumMinor([])).toBe(0n);
  expect(sumMinor(new Set([1n, -3n, 10n ** 30n]))).toBe(10n ** 30n - 2n);
});
