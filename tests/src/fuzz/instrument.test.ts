import { expect, it } from 'vitest';
import { HITS_NAME, instrument } from './instrument.ts';

/** Runs an instrumented body of a function and returns its value and how often each counter was passed. */
function run(source: string, ...args: unknown[]): { value: unknown; hits: number[] } {
  const { text, counters } = instrument(source, { path: 'a.js', first: 0 });
  const hits = new Array<number>(counters).fill(0);
  // The source is this file's own; a function is made of it to see what its counters do.
  const value: unknown = new Function(HITS_NAME, `${text}\nreturn f;`)(hits)(...args);
  return { value, hits };
}

it.each([
  ['an if without else', 'function f(a) { if (a) return 1; return 2; }', [1], 1, [1, 1, 0]],
  ['the other way of it', 'function f(a) { if (a) return 1; return 2; }', [0], 2, [1, 0, 1]],
  [
    'else if',
    'function f(a) { if (a > 1) { return 1 } else if (a > 0) return 2; else return 3 }',
    [1],
    2,
    [1, 0, 1, 1, 0],
  ],
  ['an if in an if', 'function f(a) { if (a) if (a > 1) return 1; return 2 }', [1], 2, [1, 1, 0, 1, 0]],
  ['a condition', 'const f = (a) => a ? 1 : 2;', [0], 2, [1, 0, 1]],
  ['an object as the body of an arrow', 'const f = (a) => ({ a });', [1], { a: 1 }, [1]],
  ['operands', 'const f = (a, b) => a && b || 3;', [1, 0], 3, [1, 1, 1]],
  ['a loop', 'function f(a) { let s = 0; for (let i = 0; i < a; i += 1) s += i; return s }', [3], 3, [1, 3]],
  [
    'cases',
    'function f(a) { switch (a) { case 1: case 2: return 12; default: return 0 } }',
    [1],
    12,
    [1, 1, 1, 0],
  ],
  ['a default', 'function f(a = 7) { return a }', [], 7, [1, 1]],
  ['a catch', 'function f() { try { throw 1 } catch { return 2 } }', [], 2, [1, 1]],
  ['an assignment that may not happen', 'function f(a) { a ??= 4; return a }', [null], 4, [1, 1]],
] as const)('counts %s and changes nothing', (_, source, args, value, hits) => {
  const result = run(source, ...args);
  expect(result.value).toEqual(value);
  expect(result.hits.toSorted()).toEqual([...hits].sort());
});

it('leaves types to Node, numbers on from the first counter, and collects short texts', () => {
  const made = instrument("import 'x';\nexport const f = (a: string): boolean => a === 'tag';", {
    path: 'a.ts',
    first: 40,
  });
  expect(made).toEqual({
    text: `import 'x';\nexport const f = (a: string): boolean => (${HITS_NAME}[40]++,(a === 'tag'));`,
    counters: 1,
    literals: ['tag'],
  });
});
