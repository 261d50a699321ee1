import { LIMITS } from '@holdfast/base';
import { expect, it } from 'vitest';
import { memberOf, toJson } from './node.ts';
import { readYaml } from './read-yaml.ts';

const codes = (text: string) =>
  readYaml(text)
    .problems.sorted()
    .map(({ line, column, code }) => `${line}:${column} ${code}`);

const read = (text: string) => {
  const { root, problems } = readYaml(text);
  expect(problems.sorted()).toEqual([]);
  return root === undefined ? undefined : toJson(root);
};

it('reads YAML 1.2: no, on and yes are texts, and numbers are numbers', () => {
  expect(read('a: no\nb: on\nc: yes\nd: true\ne: 012\nf: ~\ng: 1.50\nno: 1')).toEqual({
    a: 'no',
    b: 'on',
    c: 'yes',
    d: true,
    e: 12,
    f: null,
    g: 1.5,
    no: 1,
  });
});

it('resolves aliases to what stood under their anchor before', () => {
  expect(read('a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x')).toEqual({ a: [1, 2], b: [1, 2], c: 3, d: 3 });
});

it('knows where a text begins, and that a text with escapes stands nowhere as it is', () => {
  const { root } = readYaml('a: plain\nb: "quoted"\nc: "esc\\u0061ped"\nd: \'it\'\'s\'');
  const at = (key: string) => {
    const node = root === undefined ? undefined : memberOf(root, key);
    return node?.kind === 'scalar' ? [node.at, node.textAt] : undefined;
  };
  expect([at('a'), at('b'), at('c'), at('d')]).toEqual([
    [3, 3],
    [12, 13],
    [24, null],
    [42, null],
  ]);
});

it.each([
  ['a: 1\nb: 2\na: 3', '3:1 duplicate_key'],
  ['a: !!str 1', '1:10 tag'],
  ['a: !mine {b: 1}', '1:10 tag'],
  ['%YAML 1.1\n---\na: no', '1:1 yaml'],
  ['a: 1\n---\nb: 2', '2:1 yaml'],
  ['a: [1, 2', '1:9 yaml'],
  ['a:\n\tb: 1', '2:1 yaml'],
  ['? [a]\n: 1', '1:3 key'],
  ['__proto__: 1', '1:1 key'],
  ['a: .inf', '1:4 number'],
  ['a: 1e999', '1:4 number'],
  ['a: 12345678901234567890', '1:4 number'],
  ['a: "\\ud800"', '1:4 text'],
  ['a: *nothing', '1:4 unknown_alias'],
  ['a: &a [*a]', '1:8 endless_alias'],
  ['- a', '1:1 not_a_mapping'],
  ['', '1:1 not_a_mapping'],
  ['just a text', '1:1 not_a_mapping'],
  ['<<: {a: 1}\nb: 2\n<<: {c: 1}', '3:1 duplicate_key'],
])('refuses %j', (text, problem) => {
  expect(codes(text)).toEqual([problem]);
});

it('does not merge: << is a key like any other', () => {
  expect(read('a: &x {b: 1}\nc: {<<: *x}')).toEqual({ a: { b: 1 }, c: { '<<': { b: 1 } } });
});

const LAUGHS = ['a: &a [x, x, x, x, x, x, x, x, x]'].concat(
  [...'bcdefghij'].map(
    (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`,
  ),
);

it.each([
  ['aliases that explode', LAUGHS.join('\n'), 'too_many_aliases'],
  [
    'a few aliases of much',
    `a: &a [${'1,'.repeat(2_000)}1]\nb: [${Array(90).fill('*a').join(',')}]`,
    'too_many_values',
  ],
  ['a text that is too long', `a: ${'x'.repeat(LIMITS.workflowDefinitionBytesMax)}`, 'too_large'],
  [
    'long characters count as their bytes',
    `a: ${'€'.repeat(LIMITS.workflowDefinitionBytesMax / 3)}`,
    'too_large',
  ],
  ['brackets', '['.repeat(250_000), 'too_deep'],
  ['braces', 'a: '.concat('{b: '.repeat(60_000)), 'too_deep'],
  ['dashes', '- '.repeat(120_000), 'too_deep'],
  ['question marks', '? '.repeat(120_000), 'too_deep'],
  ['indents', Array.from({ length: 700 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'), 'too_deep'],
  ['values', `a: [${'1,'.repeat(120_000)}1]`, 'too_many_values'],
])('refuses %s', (_, text, code) => {
  expect(
    readYaml(text)
      .problems.sorted()
      .map((problem) => problem.code),
  ).toEqual([code]);
});

it('reads as many keys as there may be', () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `k${index}:`).join('\n');
  expect(readYaml(text).root?.entries.size).toBe(30_000);
});
