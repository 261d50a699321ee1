import { expect, test } from 'vitest';
import { keypadKey, pressAmount, pressPin, settled } from './entry.ts';

function type(keys: string, decimals: number): string {
  let text = '';
  for (const char of keys) text = pressAmount(text, keypadKey(char) ?? 'back', decimals);
  return text;
}

test('amounts take no more decimals than their currency', () => {
  expect(type('0500', 2)).toBe('500');
  expect(type('12,345', 2)).toBe('12.34');
  expect(type('.5', 2)).toBe('0.5');
  expect(type('12.5', 0)).toBe('125');
  expect(type('12345678901', 2)).toBe('123456789');
  expect(settled(type('12.', 2))).toBe('12');
});

test('the back key takes one off, and an empty text stays empty', () => {
  expect(pressAmount('12.', 'back', 2)).toBe('12');
  expect(pressAmount('', 'back', 2)).toBe('');
  expect(pressPin('12', 'back')).toBe('1');
  expect(pressPin('12', '.')).toBe('12');
});

test('only digits, marks and backspace are keys', () => {
  expect(['7', ',', 'Backspace', 'a', 'Enter', 'F1'].map(keypadKey)).toEqual([
    '7',
    '.',
    'back',
    null,
    null,
    null,
  ]);
});
