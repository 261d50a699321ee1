import { expect, it } from 'vitest';
import { checkAmbient } from './ambient.ts';
import { lines, planted } from './planted.ts';

const PATH = 'packages/base/src/a.ts';
const ambient = (text: string, path = PATH) => lines(checkAmbient(planted({ [path]: text }), {}));

it.each([
  'Date.now',
  'Math.random',
  'performance.now',
  'process.env',
  'crypto.randomUUID',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
])('finds %s', (what) => {
  expect(ambient(`\nconst a = ${what};`)).toEqual([
    `${PATH}:2 ${what} outside an adapter: take a port as an argument`,
  ]);
});

it.each([
  ['new Date()', 'new Date()'],
  ['window.setTimeout(f, 1)', 'setTimeout'],
  ["process['env'].HOME", 'process.env'],
  ['console.log(1)', 'console'],
  ["import { randomBytes } from 'node:crypto'", 'randomBytes of node:crypto'],
  ["import { setTimeout as sleep } from 'node:timers/promises'", 'node:timers/promises'],
])('finds %s', (text, what) => {
  expect(ambient(text)).toEqual([`${PATH}:1 ${what} outside an adapter: take a port as an argument`]);
});

it('accepts ports of the same names, types, and dates of a given time', () => {
  const text = `
    timers.setTimeout(() => undefined);
    const port = { setTimeout: 1, console: 2 };
    type Handle = ReturnType<typeof setTimeout>;
    new Date(nowMs).toISOString();
    // Date.now() in a comment, and in a string:
    const text = 'Date.now()';
  `;
  expect(ambient(text)).toEqual([]);
});

it('exempts suites and the folders around the product, but for Math.random', () => {
  for (const path of [
    'packages/base/src/a.test.ts',
    'tests/src/a.ts',
    'bench/src/a.ts',
    'apps/till/vite.config.ts',
  ]) {
    expect(ambient('Date.now(); console.log(1);', path)).toEqual([]);
    expect(ambient('Math.random();', path)).toHaveLength(1);
  }
});

it('allows an adapter what its row says, and finds a row that nothing needs', () => {
  const repo = planted({ [PATH]: 'Date.now(); setTimeout(f, 1);' });
  const found = lines(
    checkAmbient(repo, {
      [PATH]: { uses: ['clock', 'random'], reason: 'Planted.' },
      'packages/base/src/gone.ts': { uses: ['clock'], reason: 'Planted.' },
    }),
  );
  expect(found).toEqual([
    `${PATH}:1 setTimeout outside an adapter: take a port as an argument`,
    `tools/src/adapters.ts:1 the row of ${PATH} allows random, which it does not use`,
    'tools/src/adapters.ts:1 the row of packages/base/src/gone.ts allows clock, which it does not use',
  ]);
});
