import { expect, test } from 'vitest';
import { type FormField, payloadOf } from './workflow-fields.ts';

const field = (name: string, type: FormField['type'], of: Partial<FormField> = {}): FormField => ({
  ...{ name, type, optional: false, values: null },
  ...of,
});

test('what is typed becomes what the field takes', () => {
  const fields = [
    field('agreed', 'boolean'),
    field('pieces', 'integer'),
    field('tip', 'money'),
    field('at', 'timestamp'),
    field('note', 'string', { optional: true }),
    field('more', 'list'),
  ];
  const texts = { agreed: 'false', pieces: '3', tip: '12,50', at: '2026-01-01T10:00:00Z', more: '[1]' };
  expect(payloadOf(fields, texts)).toEqual({
    ok: true,
    payload: { agreed: false, pieces: 3, tip: '12.50', at: '2026-01-01T10:00:00.000Z', more: [1] },
  });
});

test('what is missing or does not fit is named', () => {
  const fields = [
    field('agreed', 'boolean'),
    field('pieces', 'integer'),
    field('mode', 'string', { values: ['chip'] }),
    field('more', 'record'),
  ];
  expect(payloadOf(fields, { pieces: '1.5', mode: 'card', more: '{' })).toEqual({
    ok: false,
    faults: { agreed: 'missing', pieces: 'wrong', mode: 'wrong', more: 'wrong' },
  });
});
