import { expect, it } from 'vitest';
import { renderSchema } from './schema-page.ts';

it('gives objects lines of their own and keeps short lists in one', () => {
  const text = renderSchema({ type: ['string', 'number'], anyOf: [{ enum: ['a'] }, {}], examples: [] });
  expect(text).toBe(
    [
      '{',
      '  "type": ["string", "number"],',
      '  "anyOf": [',
      '    {',
      '      "enum": ["a"]',
      '    },',
      '    {}',
      '  ],',
      '  "examples": []',
      '}',
      '',
    ].join('\n'),
  );
});

it('breaks a list that would be longer than a line', () => {
  const names = Array.from({ length: 20 }, (_, index) => `name_${index}`);
  const text = renderSchema({ enum: names });
  expect(text.split('\n')[2]).toBe('    "name_0",');
  expect(JSON.parse(text)).toEqual({ enum: names });
});
