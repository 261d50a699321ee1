import { expect, it } from 'vitest';
import { lines, planted } from './planted.ts';
import { checkSizes, FILE_LINES_MAX, FUNCTION_LINES_MAX } from './sizes.ts';

const sizes = (text: string) => lines(checkSizes(planted({ 'packages/base/src/a.ts': text })));
const body = (count: number) => 'let a = "}";\n'.repeat(count);

it('finds a file that is too long', () => {
  expect(sizes('\n'.repeat(FILE_LINES_MAX))).toEqual([]);
  expect(sizes(body(FILE_LINES_MAX + 1))).toEqual(['packages/base/src/a.ts:801 801 lines, at most 800']);
});

it.each([
  ['a declaration', 'function f() {', '}'],
  ['an arrow', 'const f = () => {', '};'],
  ['a method', 'class A { m() {', '} }'],
])('finds %s that is too long', (_, open, close) => {
  expect(sizes(`${open}\n${body(FUNCTION_LINES_MAX - 2)}${close}`)).toEqual([]);
  expect(sizes(`${open}\n${body(FUNCTION_LINES_MAX - 1)}${close}`)).toEqual([
    'packages/base/src/a.ts:1 a function of 71 lines, at most 70',
  ]);
});

it('does not count a group of tests as a function', () => {
  expect(sizes(`describe('a', () => {\n${body(100)}});`)).toEqual([]);
  expect(sizes(`describe.each([1])('a', () => {\n${body(100)}});`)).toEqual([]);
  expect(sizes(`it('a', () => {\n${body(100)}});`)).toHaveLength(1);
});
