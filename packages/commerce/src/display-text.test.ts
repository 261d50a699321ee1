import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanText, displayWidth, wrapText } from './display-text.ts';

test.each([
  ['Räksmörgås', 10],
  ['e\u0301', 1],
  ['寿司', 4],
  ['한국어', 6],
  ['Ｗ', 2],
  ['🍣', 2],
  ['👩‍👩‍👧', 2],
  ['🇸🇪', 2],
  ['☕️', 2],
  ['שלום', 4],
  ['Привет', 6],
  ['', 0],
])('%j fills %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test('cleaning leaves one line of what can be shown', () => {
  expect(cleanText(' a\x1b@b\x1dV\x00\x7fc\u009bd ')).toBe('a@bVcd');
  expect(cleanText('a\r\n\t\u00a0\u202f\u2028b')).toBe('a b');
  expect(cleanText('12\u202e34\u200b\ufeff')).toBe('1234');
  expect(cleanText('x\ud800y\uffff')).toBe('xy');
  expect(cleanText('a \x00 b')).toBe('a b');
  expect(cleanText('o\u0308')).toBe('ö');
});

test('wrapping breaks at spaces, after hyphens, and else at the edge', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapText('01935c2e-8f7a-7c31', 14)).toEqual(['01935c2e-8f7a-', '7c31']);
  expect(wrapText('a incomprehensible b', 8)).toEqual(['a', 'incompre', 'hensible', 'b']);
  expect(wrapText('寿司寿司', 5)).toEqual(['寿司', '寿司']);
  expect(wrapText('', 5)).toEqual(['']);
});

test('wrapping loses nothing and keeps to the width', () => {
  const text = fc.string({ unit: 'binary', maxLength: 80 }).map(cleanText);
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 48 }), (value, width) => {
      const lines = wrapText(value, width);
      expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }),
    { numRuns: 500 },
  );
});
