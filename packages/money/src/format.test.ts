import { LIMITS } from '@holdfast/base';
import { expect, test } from 'vitest';
import { createMoneyFormat, formatAmount, formatMoney } from './format.ts';

/** ICU joins with several kinds of space. */
function plain(text: string): string {
  return text.replace(/\p{Zs}/gu, ' ').replace('−', '-');
}

test('money is written as its locale writes it', () => {
  const english = createMoneyFormat('en-GB');
  const swedish = createMoneyFormat('sv-SE');
  expect(plain(formatMoney(1250n, 'SEK', english))).toBe('SEK 12.50');
  expect(plain(formatMoney(-123_456_789n, 'SEK', swedish))).toBe('-1 234 567,89 kr');
  expect(plain(formatMoney(1200n, 'JPY', english))).toBe('JP¥1,200');
  expect(plain(formatAmount(1234n, 'BHD', english))).toBe('1.234');
  expect(plain(formatAmount(-1250n, 'SEK', swedish))).toBe('-12,50');
});

test('every digit of the largest amount arrives, and decimals out of use are shown', () => {
  const english = createMoneyFormat('en-GB');
  expect(formatAmount(LIMITS.amountMinorMax, 'SEK', english)).toBe('9,999,999,999,999.99');
  expect(formatAmount(10n ** 20n + 1n, 'SEK', english)).toBe('1,000,000,000,000,000,000.01');
  expect(formatAmount(1250n, 'HUF', english)).toBe('12.50');
});

test('formatters are made once', () => {
  const format = createMoneyFormat('de-DE');
  formatMoney(1n, 'EUR', format);
  const first = format.money.get('EUR');
  formatMoney(2n, 'EUR', format);
  expect(format.money.get('EUR')).toBe(first);
});
