import { expect, it } from 'vitest';
import { readIgnore } from './tree.ts';

it('leaves out what .gitignore names', () => {
  const ignored = readIgnore('# made\ndist/\n*.log\n.env\n\n');
  expect(ignored('dist', true)).toBe(true);
  expect(ignored('dist', false)).toBe(false);
  expect(ignored('a.log', false)).toBe(true);
  expect(ignored('.env', false)).toBe(true);
  expect(ignored('.env.example', false)).toBe(false);
});

it('refuses a form it does not know', () => {
  expect(() => readIgnore('/docs/**/*.tmp')).toThrow('is a form this reader does not know');
});
