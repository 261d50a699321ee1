import { isAppError } from '@holdfast/base';
import { expect, test } from 'vitest';
import { CURRENCY_CODES, currencyOf, isCurrency } from './currency.ts';

/** ISO 4217 list one: every exponent that is not 2. */
const NOT_TWO_DECIMALS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

test('exponents are those of ISO 4217', () => {
  const seen: Record<number, string[]> = {};
  for (const code of CURRENCY_CODES) {
    const currency = currencyOf(code);
    expect(currency.code).toBe(code);
    seen[currency.exponent] = [...(seen[currency.exponent] ?? []), code];
  }
  for (const [exponent, codes] of Object.entries(NOT_TWO_DECIMALS)) {
    expect(seen[Number(exponent)]?.join(' ')).toBe(codes);
  }
  expect(Object.keys(seen)).toEqual(['0', '2', '3', '4']);
  expect(CURRENCY_CODES.length).toBeGreaterThanOrEqual(166);
});

test('unknown, lower-case and withdrawn codes are refused', () => {
  for (const code of ['XXX', 'sek', 'DEM', '', 'constructor', '__proto__']) {
    expect(isCurrency(code)).toBe(false);
    expect(() => currencyOf(code)).toThrow(
      expect.toSatisfy((error) => isAppError(error, 'unknown_currency')),
    );
  }
});
