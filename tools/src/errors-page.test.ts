import { CODES } from '@holdfast/base';
import { expect, it } from 'vitest';
import { checkErrorsPage, renderErrors } from './errors-page.ts';

const page = renderErrors(CODES);

it('has a row for every code', () => {
  expect(checkErrorsPage(CODES, page)).toEqual([]);
  expect(page).toContain('| <a id="no_room"></a>`no_room` | 507 | never |');
});

it('finds a code without a row', () => {
  const codes = { ...CODES, new_code: CODES.internal };
  expect(checkErrorsPage(codes, page).map(({ message }) => message)).toEqual([
    'new_code is not on the page: npm run docs:generate',
  ]);
});

it('finds a row without a code', () => {
  const { offline: _, ...codes } = CODES;
  expect(checkErrorsPage(codes, page).map(({ message }) => message)).toEqual([
    'offline is on the page and not in the table: npm run docs:generate',
  ]);
});
