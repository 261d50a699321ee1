import { expect, it } from 'vitest';
import { lines, planted } from './planted.ts';
import { checkSyntax } from './syntax.ts';

const syntax = (text: string, path = 'packages/base/src/a.ts') =>
  lines(checkSyntax(planted({ [path]: text })));

it.each([
  ['const a: any = 1;', 'any: say what it is, or unknown'],
  ['enum A { B }', 'enum: use a union of literals'],
  ['namespace A {}', 'namespace: use a module'],
  ['export default 1;', 'default export: export it by name'],
  ['class A { constructor(private a: string) {} }', 'parameter property: declare the field'],
  ['it.only("a", f);', 'it.only: what is missing fails, it is not skipped'],
  ['describe.each([1])("a", f).skip;', 'describe.skip: what is missing fails, it is not skipped'],
  ['test.skipIf(true)("a", f);', 'test.skipIf: what is missing fails, it is not skipped'],
  ['it.concurrent.todo("a");', 'it.todo: what is missing fails, it is not skipped'],
  [`// @ts-${'ignore'}`, `"@ts-${'ignore'}" does not say why`],
  [`// @ts-${'expect-error'} wrong`, `"@ts-${'expect-error'} wrong" does not say why`],
  [`// biome-${'ignore'} lint/a/b:`, `"biome-${'ignore'} lint/a/b:" does not say why`],
  [`// ${'TO'}${'DO'} later`, 'unfinished work: finish it, or open an issue'],
])('finds %s', (text, message) => {
  expect(syntax(`\n${text}`)).toEqual([`packages/base/src/a.ts:2 ${message}`]);
});

it('accepts what only looks alike', () => {
  const text = `
    declare module '*.css';
    const any = 'any';
    queue.skip(1);
    // @ts-${'expect-error'}: the types of the library lack this member
    // biome-${'ignore'} lint/a/b: the library calls it by this name
  `;
  expect(syntax(text)).toEqual([]);
});

it('accepts the default export of a configuration file', () => {
  expect(syntax('export default {};', 'apps/till/vite.config.ts')).toEqual([]);
});

it('finds a file that does not parse', () => {
  expect(syntax('const = 1;')).toHaveLength(1);
});
