import { describe, expect, test } from 'vitest';
import { amountText, currencyDecimals, formatMoney, parseAmount } from './money.ts';

describe('money', () => {
  test('knows the decimals of currencies', () => {
    expect(['SEK', 'JPY', 'KWD'].map(currencyDecimals)).toEqual([2, 0, 3]);
  });

  test('reads decimal strings exactly or not at all', () => {
    expect(parseAmount('12.5', 'SEK')).toBe(1250n);
    expect(parseAmount('-0.05', 'SEK')).toBe(-5n);
    expect(parseAmount('12.500', 'SEK')).toBe(1250n);
    expect(parseAmount('12.505', 'SEK')).toBeNull();
    expect(parseAmount('999999999999999', 'JPY')).toBe(999_999_999_999_999n);
    for (const bad of ['', '.', '1.', 'x', '1e3', '1,5']) expect(parseAmount(bad, 'SEK')).toBeNull();
  });

  test('writes what it reads', () => {
    for (const minor of [0n, 1n, 99n, 100n, -1n, -12345n, 900_719_925_474_099_301n / 1000n]) {
      expect(parseAmount(amountText(minor, 'SEK'), 'SEK')).toBe(minor);
    }
    expect(amountText(5n, 'SEK')).toBe('0.05');
    expect(amountText(500n, 'JPY')).toBe('500');
  });

  test('formats large amounts without losing a unit', () => {
    const text = formatMoney(999_999_999_999_999n, { currency: 'SEK', locale: 'sv-SE' });
    expect(text.replace(/\D/g, '')).toBe('999999999999999');
  });
});
