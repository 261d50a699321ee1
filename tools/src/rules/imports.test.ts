import { expect, it } from 'vitest';
import { checkImports } from './imports.ts';
import { lines, planted } from './planted.ts';

const inMoney = (text: string, path = 'packages/money/src/a.ts') =>
  lines(checkImports(planted({ [path]: text })));

it('accepts lower layers, declared packages, own files and builtin modules', () => {
  const text = `
    import { assert } from '@holdfast/base';
    import { z } from 'zod';
    import { readFileSync } from 'node:fs';
    export * from './b.ts';
    const worker = new URL('./thread.ts', import.meta.url);
    const lazy = await import('./c.ts');
  `;
  expect(inMoney(text)).toEqual([]);
});

it.each([
  [
    "import { x } from '@holdfast/crypto';",
    'is of layer 1, and @holdfast/money of layer 1 imports lower ones only',
  ],
  ["export * from '@holdfast/till';", 'is an app: nothing imports an app'],
  ["import { x } from '@holdfast/base/src/ids.ts';", 'reaches into a package: import what its index exports'],
  ["import { x } from '@holdfast/money';", 'is the package itself: import its file'],
  ["import { x } from '../../base/src/ids.ts';", 'leaves its package: import the other by its name'],
  ["const x = await import('./b');", 'lacks the extension .ts'],
  ["import { x } from './b.js';", 'lacks the extension .ts'],
  ["import { readFileSync } from 'fs';", 'lacks the node: prefix'],
  ["import { x } from 'hono/cors';", 'is not among the dependencies of packages/money/package.json'],
  ["type X = import('hono').Hono;", 'is not among the dependencies of packages/money/package.json'],
  ["import.meta.resolve('hono');", 'is not among the dependencies of packages/money/package.json'],
  [
    "createRequire(import.meta.url).resolve('hono/package.json');",
    'is not among the dependencies of packages/money/package.json',
  ],
  ["import fc from 'fast-check';", 'is not among the dependencies of packages/money/package.json'],
])('finds %s', (text, message) => {
  const found = inMoney(`\n${text}`);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^packages\/money\/src\/a\.ts:2 /);
  expect(found[0]).toContain(message);
});

it('lets suites import devDependencies, their own and those of the root', () => {
  const text = "import fc from 'fast-check';\nimport { it } from 'vitest';";
  expect(inMoney(text, 'packages/money/src/a.test.ts')).toEqual([]);
  expect(inMoney("import { x } from 'hono';", 'packages/money/src/a.test.ts')).toEqual([
    'packages/money/src/a.test.ts:1 "hono" is not among the dependencies or devDependencies of packages/money/package.json',
  ]);
});

it('finds an import of a package without a layer', () => {
  const repo = planted({
    'packages/extra/package.json': '{"name":"@holdfast/extra","exports":{".":"./src/index.ts"}}',
    'packages/money/src/a.ts': "import { x } from '@holdfast/extra';",
  });
  expect(lines(checkImports(repo))).toEqual([
    'packages/money/src/a.ts:1 "@holdfast/extra" has no row in tools/src/layers.ts, on one side or both',
  ]);
});
