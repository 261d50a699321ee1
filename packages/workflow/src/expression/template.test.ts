import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fields } from '../types.ts';
import type { Scope } from './expression.ts';
import { compileTemplate, type Template } from './template.ts';

const state = {
  amount: { type: 'money' },
  count: { type: 'integer' },
  name: { type: 'string' },
  note: { type: 'string', optional: true },
  tags: { type: 'list', of: { type: 'string' } },
  answer: { type: 'json' },
} as const satisfies Fields;
const scope: Scope = {
  state: { amount: '12.50', count: 3, name: 'Ada', tags: ['a', 'b'], answer: null },
  currency: 'USD',
  nowMs: 0,
};
const secretOf = (name: string) => (name === 'TOKEN' ? 's3cret' : undefined);

function compiled(text: string): Template {
  const result = compileTemplate(text, { state });
  if (!result.ok) throw new Error(result.problem.message);
  return result.template;
}

it.each([
  ['', ''],
  ['plain } text {', 'plain } text {'],
  ['{{state.amount}}', '12.50'],
  ['Pay {{ state.amount }} {{state.name}}!', 'Pay 12.50 Ada!'],
  ['{{state.tags}}/{{state.count + 1}}', '["a","b"]/4'],
  ['{{state.answer}}-', '-'],
  ['{{state.count > 2 ? "}}" : \'{{\'}}', '}}'],
  ['{{"\\"}}"}}', '"}}'],
  ['Bearer {{ secrets.TOKEN }}', 'Bearer s3cret'],
  ['{{{state.count}}}', undefined],
])('%j renders as %j', (text, expected) => {
  const result = compileTemplate(text, { state });
  if (expected === undefined) expect(result.ok).toBe(false);
  else expect(compiled(text).render(scope, secretOf)).toEqual({ text: expected });
});

it('keeps the type of a value that stands alone', () => {
  expect(compiled('{{state.count}}').renderJson(scope, secretOf)).toEqual({ value: 3 });
  expect(compiled('{{state.tags}}').renderJson(scope, secretOf)).toEqual({ value: ['a', 'b'] });
  expect(compiled('{{state.answer}}').renderJson(scope, secretOf)).toEqual({ value: null });
  expect(compiled(' {{state.count}}').renderJson(scope, secretOf)).toEqual({ value: ' 3' });
  expect(compiled('{{secrets.TOKEN}}').renderJson(scope, secretOf)).toEqual({ value: 's3cret' });
});

it('names its secrets and holds none of them', () => {
  const template = compiled('{{secrets.A}}{{secrets.B}}{{secrets.A}}{{state.name}}');
  expect(template.secrets).toEqual(['A', 'B']);
  expect(template.expressions.map(({ source }) => source)).toEqual(['state.name']);
  expect(template.render(scope, secretOf)).toEqual({ fault: 'missing', what: 'secrets.A' });
});

it('passes a fault on', () => {
  const fault = { fault: 'missing', what: 'state.note' };
  expect(compiled('a {{state.note}}').render(scope, secretOf)).toEqual(fault);
  expect(compiled('{{state.note}}').renderJson(scope, secretOf)).toEqual(fault);
  expect(compiled('a {{state.note}}').renderJson(scope, secretOf)).toEqual(fault);
});

it.each([
  ['a {{state.name', 'syntax', 2],
  ['a {{"}}', 'syntax', 2],
  ['a {{}}', 'syntax', 4],
  ['ab {{state.nme}}', 'unknown_field', 11],
  ['{{secrets.A + "x"}}', 'unknown_name', 2],
])('%j is refused: %s at %d', (text, code, at) => {
  const result = compileTemplate(text, { state });
  expect(result).toEqual({ ok: false, problem: { code, at, message: expect.any(String) } });
});

it('never throws, whatever the text', () => {
  const pieces = fc.constantFrom('{{', '}}', '{', '"', "'", '\\', 'state.name', 'secrets.A', ' ', 'x');
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (source) => {
      const result = compileTemplate(source, { state });
      if (result.ok) result.template.render(scope, secretOf);
      else expect(result.problem.at).toBeLessThanOrEqual(source.length);
    }),
    { numRuns: 2_000 },
  );
  expect(compileTemplate('{{'.repeat(100_000), { state }).ok).toBe(false);
});
