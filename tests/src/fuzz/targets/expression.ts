/** Sources of expressions: each is refused at a place inside it, or compiles to what has a value or a fault. */
import { compileExpression } from '@holdfast/workflow';
import { FIELDS } from '../../expressions/world.ts';
import { bytesOf, type FuzzTarget, holds } from '../target.ts';

const decoder = new TextDecoder();
const STATE = {
  b1: true,
  b2: false,
  i1: 7,
  i2: -1,
  d1: '0.15',
  m1: '50.00',
  m2: '0.01',
  s1: 'SE',
  s2: '',
  t1: '2026-01-31T12:00:00.000Z',
  u1: 90_000,
  u2: 0,
  ls: ['a', 'b'],
  li: [1, 2],
  ld: ['1.5'],
  r: { i: 1, l: [] },
  j: { code: '00', list: [1, 'x'], deep: { ok: true } },
};
// biome-ignore format: one word a line helps nobody
const WORDS = [
  'state.', 'b1', 'i1', 'd1', 'm1', 's1', 't1', 'u1', 'ls', 'r.l', 'j.deep.ok', '&&', '||', '==', '!=', '<=', '>', ' in ',
  '[', ']', '(', ')', '?', ':', '"', "'", '\\', 'size(', 'has(', 'duration("1h")', 'now', '0.1', '9007199254740993', '-',
];

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'expression',
  bytesMax: 512,
  dictionary: WORDS.map(bytesOf),
  seeds: [
    'state.m1 <= 50 && state.s1 == "SE"',
    'size(state.ls) > 1 ? state.i1 + 1 : state.i2 * 3',
    'state.j.list[0] in [1, 2, 3] || !has(state.b3)',
    "state.t1 + duration('1h') > now && state.s1.startsWith('a')",
  ].map(bytesOf),
  run(input) {
    const source = decoder.decode(input);
    const compiled = compileExpression(source, { state: FIELDS });
    if (!compiled.ok) {
      const { at, code } = compiled.problem;
      holds(at >= 0 && at <= source.length, 'a problem lies inside the source');
      return `refused: ${code}`;
    }
    const result = compiled.expression.value({ state: STATE, currency: 'EUR', nowMs: 0 });
    return 'fault' in result ? `fault: ${result.fault}` : JSON.stringify(result.value);
  },
};
