import { expect, test } from 'vitest';
import { receiptLabels } from './receipt-labels.ts';

test('labels follow the language of the locale, and are English for the others', () => {
  expect(receiptLabels('sv-SE').total).toBe('Totalt');
  expect(receiptLabels('DE').total).toBe('Summe');
  expect(receiptLabels('en-GB').total).toBe('Total');
  expect(receiptLabels('fi-FI')).toBe(receiptLabels('en'));
});
