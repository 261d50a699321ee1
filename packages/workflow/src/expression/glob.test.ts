import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileGlob, GLOB_CHARS_MAX } from './glob.ts';

function matches(text: string, pattern: string): boolean {
  const test = compileGlob(pattern);
  if (test === undefined) throw new Error(`${pattern} is no pattern`);
  return test(text);
}

it.each([
  ['', '', true],
  ['', '*', true],
  ['', '?', false],
  ['abc', 'abc', true],
  ['abc', 'ab', false],
  ['abc', 'a*', true],
  ['abc', '*c', true],
  ['abc', 'a?c', true],
  ['abc', '*b*', true],
  ['abc', '**?**', true],
  ['aXbXc', 'a*X?', true],
  ['mississippi', 'm*iss*ip*', true],
  ['mississippi', 'm*iss*ix*', false],
  ['a😀b', 'a?b', true],
  ['😀😀', '?', false],
  ['a*b', 'a\\*b', true],
  ['axb', 'a\\*b', false],
  ['a\\b', 'a\\\\b', true],
  ['(a+)+', '(a+)+', true],
  ['ABC', 'abc', false],
])('%j against %j is %s', (text, pattern, expected) => {
  expect(matches(text, pattern)).toBe(expected);
});

it('refuses a pattern that is too long or ends in the middle', () => {
  expect(compileGlob('a'.repeat(GLOB_CHARS_MAX))).toBeDefined();
  expect(compileGlob('a'.repeat(GLOB_CHARS_MAX + 1))).toBeUndefined();
  expect(compileGlob('a\\')).toBeUndefined();
});

it('agrees with the plain definition', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 8 });
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '*', '?'), maxLength: 6 });
  fc.assert(
    fc.property(letters, patterns, (text, pattern) => {
      expect(matches(text, pattern)).toBe(byDefinition([...text], [...pattern]));
    }),
    { numRuns: 2_000 },
  );
});

it('ends soon where backtracking would not', () => {
  expect(matches('a'.repeat(65_536), `${'a*'.repeat(31)}b`)).toBe(false);
});

function byDefinition(text: readonly string[], pattern: readonly string[]): boolean {
  const [part, ...rest] = pattern;
  if (part === undefined) return text.length === 0;
  if (part === '*') return text.some((_, at) => byDefinition(text.slice(at), rest)) || byDefinition([], rest);
  return text.length > 0 && (part === '?' || part === text[0]) && byDefinition(text.slice(1), rest);
}
