import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LIMITS } from '@holdfast/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fields, JsonObject } from '../types.ts';
import { type CompileInput, compileExpression } from './compile.ts';
import type { Scope } from './expression.ts';

type Vectors = {
  fields: Fields;
  locals: Fields;
  scope: { state: JsonObject; locals: JsonObject; currency: string; now_ms: number };
  valid: ({ source: string } & ({ type: string; value: unknown } | { fault: string; what: string }))[];
  refused: { source: string; code: string; at: number }[];
};

const vectors: Vectors = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'vectors/expressions.json'), 'utf8'),
);
const { now_ms: nowMs, ...given } = vectors.scope;
const scope: Scope = { ...given, nowMs };
const names = { state: vectors.fields, locals: vectors.locals };

function compiled(source: string, input: CompileInput = names) {
  const result = compileExpression(source, input);
  if (!result.ok) throw new Error(`${source}: ${result.problem.message}`);
  return result.expression;
}

function problemOf(source: string, input: CompileInput = names) {
  const result = compileExpression(source, input);
  if (result.ok) throw new Error(`${source} was not refused`);
  return result.problem;
}

describe('vectors', () => {
  it.each(vectors.valid)('$source', ({ source, ...expected }) => {
    const expression = compiled(source);
    if ('fault' in expected) {
      expect(expression.value(scope)).toEqual(expected);
      expect(expression.test(scope)).toMatchObject({ fault: expect.any(String) });
      return;
    }
    expect(expression.value(scope)).toEqual({ value: expected.value });
    expect(expression.type.type).toBe(expected.type);
    const condition =
      typeof expected.value === 'boolean' ? expected.value : { fault: 'wrong_type', what: source };
    expect(expression.test(scope)).toEqual(condition);
  });

  it.each(vectors.refused)('refuses $source', ({ source, code, at }) => {
    expect(problemOf(source)).toEqual({ code, at, message: expect.stringMatching(/[.?]$/) });
  });
});

describe('messages', () => {
  it.each([
    ['state.amout', 'state has no field "amout". Did you mean "amount"?'],
    ['amount <= 50', 'Nothing is called "amount" here. Write state.amount.'],
    ['itm.sku == "x"', 'Nothing is called "itm" here. Did you mean "item"?'],
    ['state.status == "closed"', 'state.status is never "closed": it is "open" or "paid".'],
    ['sise(state.tags)', 'There is no function "sise". Did you mean "size"?'],
    [
      'state.amount == "50"',
      'state.amount is money and "50" a string: they do not compare. A text that is a number is decimal(x).',
    ],
    ['secrets.KEY', 'A secret stands alone in a text: {{secrets.NAME}}.'],
    ['1 < 2 < 3', 'Compare two values at a time; join comparisons with "and".'],
  ])('%s: %s', (source, message) => {
    expect(problemOf(source).message).toBe(message);
  });
});

describe('expect', () => {
  it.each([
    ['1', 'decimal', '1'],
    ['1', 'money', '1.00'],
    ['2.5', 'money', '2.50'],
    ['state.answer.score', 'money', '0.75'],
    ['state.answer.n', 'integer', 3],
    ['state.answer.code', 'string', '00'],
    ['state.answer.list', 'list', [1, 'x']],
    ['state.answer.deep', 'record', { ok: true }],
    ['state.amount', 'json', '50.00'],
  ] as const)('%s as %s is %j', (source, type, value) => {
    expect(compiled(source, { ...names, expect: type }).value(scope)).toEqual({ value });
  });

  it.each([
    ['state.amount', 'boolean'],
    ['state.amount', 'string'],
    ['1.5', 'integer'],
    ['state.amount', 'decimal'],
    ['null', 'string'],
    ['state.count', 'list'],
    ['state.count', 'record'],
  ] as const)('%s is no %s', (source, type) => {
    expect(problemOf(source, { ...names, expect: type }).code).toBe('type_mismatch');
  });

  it.each([
    ['state.answer.code', 'boolean'],
    ['state.answer.code', 'list'],
    ['state.answer.list', 'record'],
    ['state.answer.score', 'integer'],
  ] as const)('%s turns out to be no %s', (source, type) => {
    const fault = { fault: 'wrong_type', what: source };
    expect(compiled(source, { ...names, expect: type }).value(scope)).toEqual(fault);
  });
});

describe('a state that is not what its fields say', () => {
  const odd = (state: JsonObject): Scope => ({ ...scope, state });
  it.each([
    ['state.amount > 1', { amount: 50 }, 'wrong_type'],
    ['state.amount > 1', { amount: '5.0.0' }, 'wrong_type'],
    ['state.amount > 1', { amount: '050' }, 'wrong_type'],
    ['state.amount > 1', { amount: '9'.repeat(200) }, 'overflow'],
    ['state.amount > 1', {}, 'missing'],
    ['state.amount > 1', { amount: null }, 'missing'],
    ['state.count > 1', { count: 1.5 }, 'wrong_type'],
    ['state.count > 1', { count: 2 ** 53 }, 'wrong_type'],
    ['state.approved', { approved: 'true' }, 'wrong_type'],
    ['state.at < now', { at: 'yesterday' }, 'wrong_type'],
    ['"a" in state.tags', { tags: 'a' }, 'wrong_type'],
    ['"a" in state.tags', { tags: [1] }, 'wrong_type'],
    ['state.card.pan == "x"', { card: [] }, 'wrong_type'],
  ] as const)('%s of %j is a fault: %s', (source, state, fault) => {
    expect(compiled(source).test(odd(state))).toMatchObject({ fault });
  });

  it('of a currency that does not exist is a fault too', () => {
    const fault = { fault: 'wrong_type', what: 'currency' };
    expect(compiled('state.amount').value({ ...scope, currency: 'ZZZ' })).toEqual(fault);
  });

  it('reads no names that JavaScript adds', () => {
    const fields = { constructor: { type: 'string', optional: true } } as const satisfies Fields;
    const { test } = compiled('has(state.constructor)', { state: fields });
    expect(test(odd({}))).toBe(false);
    expect(test(odd({ constructor: 'x' }))).toBe(true);
  });
});

it('keeps amounts exact in any currency', () => {
  const expression = compiled('state.amount * 2');
  const of = (amount: string, currency: string) =>
    expression.value({ ...scope, state: { amount }, currency });
  expect(of('120', 'JPY')).toEqual({ value: '240' });
  expect(of('1.234', 'BHD')).toEqual({ value: '2.468' });
  expect(of('0.5', 'JPY')).toEqual({ value: '1' });
  expect(of('0.25', 'JPY')).toEqual({ fault: 'precision', what: 'state.amount * 2' });
});

it('bounds the texts it makes and searches', () => {
  const note = 'x'.repeat(LIMITS.expressionTextCharsMax);
  const long: Scope = { ...scope, state: { note } };
  expect(compiled('state.note + "y"').value(long)).toMatchObject({ fault: 'overflow' });
  expect(compiled('state.note.glob("*y")').test(long)).toBe(false);
  const longer: Scope = { ...scope, state: { note: `${note}x` } };
  expect(compiled('state.note.glob("*y")').test(longer)).toMatchObject({ fault: 'overflow' });
});

describe('hostile sources', () => {
  const refusedAs = (source: string) => problemOf(source).code;

  it.each(['(', '!', '-', '[', 'not ', 'a.', 'a?', '1+', '"', '{{', 'size(', 'a[', '\u0000', '😀', '\\'])(
    'refuses a hundred thousand times %j, and a thousand',
    (part) => {
      expect(refusedAs(part.repeat(100_000))).toBe('too_long');
      expect(['syntax', 'too_deep', 'unknown_name']).toContain(refusedAs(part.repeat(1_000 / part.length)));
    },
  );

  it('takes what is as deep or as long as allowed, and no more', () => {
    const deep = (depth: number) => `${'('.repeat(depth)}1${')'.repeat(depth)}`;
    expect(compiled(deep(LIMITS.expressionDepthMax - 1)).value(scope)).toEqual({ value: 1 });
    expect(refusedAs(deep(LIMITS.expressionDepthMax))).toBe('too_deep');
    const long = `1${'+1'.repeat((LIMITS.expressionCharsMax - 2) / 2)}`;
    expect(compiled(long).value(scope)).toEqual({ value: LIMITS.expressionCharsMax / 2 });
    expect(refusedAs(`${long}+11`)).toBe('too_long');
  });

  it('never throws, whatever the source', () => {
    const words = fc.constantFrom(
      ...[
        'state',
        '.',
        'amount',
        'answer',
        'tags',
        'item',
        '[',
        ']',
        '(',
        ')',
        '0',
        '1',
        '2.5',
        '"a"',
        "'b'",
        ',',
        '?',
        ':',
      ],
      ...[
        'and',
        'or',
        'not',
        'in',
        '!',
        '-',
        '+',
        '*',
        '/',
        '%',
        '==',
        '<',
        'has',
        'size',
        'glob',
        'max',
        'null',
        'now',
        ' ',
      ],
    );
    const source = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.array(words, { maxLength: 30 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(source, fc.jsonValue(), (text, state) => {
        const result = compileExpression(text, names);
        if (!result.ok) {
          expect(result.problem.at).toBeLessThanOrEqual(text.length);
          return;
        }
        const strange: Scope = {
          ...scope,
          state: { answer: state, amount: state, tags: state } as JsonObject,
        }; // Any JSON.
        for (const at of [scope, strange]) {
          result.expression.test(at);
          result.expression.value(at);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('leaves the scope as it was', () => {
    const frozen = JSON.stringify(scope);
    for (const { source } of vectors.valid) compiled(source).value(scope);
    expect(JSON.stringify(scope)).toBe(frozen);
  });
});
