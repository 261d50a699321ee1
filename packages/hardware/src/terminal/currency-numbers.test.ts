import { toHex } from '@holdfast/cards';
import { CURRENCY_CODES } from '@holdfast/money';
import { expect, test } from 'vitest';
import { packedCurrency } from './currency-numbers.ts';
import { terminalTime } from './local-time.ts';

test.each([
  ['SEK', '0752'],
  ['EUR', '0978'],
  ['USD', '0840'],
  ['JPY', '0392'],
  ['GBP', '0826'],
  ['CHF', '0756'],
  ['ALL', '0008'],
])('%s is %s', (code, digits) => {
  expect(toHex(packedCurrency(code))).toBe(digits);
});

test('currencies in use have numbers, each its own', () => {
  const numbers = new Map<string, string>();
  const without: string[] = [];
  for (const code of CURRENCY_CODES) {
    try {
      const digits = toHex(packedCurrency(code));
      expect([code, digits, numbers.get(digits)]).toEqual([code, digits, undefined]);
      expect(digits).toMatch(/^0\d{3}$/);
      numbers.set(digits, code);
    } catch (error) {
      expect(error).toMatchObject({ code: 'unknown_currency' });
      without.push(code);
    }
  }
  expect(without).toEqual([]);
  expect(numbers.size).toBeGreaterThan(150);
  expect(() => packedCurrency('XXX')).toThrow();
});

test('a chip is told the day and the time of the store', () => {
  const at = Date.parse('2026-06-30T22:05:09Z');
  const { date, time, today } = terminalTime(at, 'Europe/Stockholm');
  expect([toHex(date), toHex(time), today]).toEqual(['260701', '000509', { year: 2026, month: 7, day: 1 }]);
  expect(toHex(terminalTime(at, 'UTC').time)).toBe('220509');
});
