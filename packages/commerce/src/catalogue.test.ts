import type { CatalogueItem } from '@holdfast/protocol';
import { expect, test } from 'vitest';
import { createCatalogue } from './catalogue.ts';

const COFFEE = article({ sku: 'coffee', barcode: '7310000000001' });
const BUN = article({ sku: 'bun', category: 'Bakery', price: '29.90' });
const TEA = article({ sku: 'tea', price: '28' });
const BROKEN = article({ sku: 'broken', price: 'ask' });

const catalogue = createCatalogue([COFFEE, BUN, TEA, BROKEN]);

function article(members: Partial<CatalogueItem>): CatalogueItem {
  return {
    sku: 'a',
    name: 'A',
    price: '32.50',
    currency: 'SEK',
    category: 'Drinks',
    barcode: null,
    symbol: '',
    ...members,
  };
}

function sold(sku: string, unitPrice: string | number) {
  return { sku, name: sku, quantity: 1, unit_price: unitPrice };
}

test('finds articles by sku and barcode', () => {
  expect(catalogue.bySku('bun')).toBe(BUN);
  expect(catalogue.bySku('cake')).toBeUndefined();
  expect(catalogue.byBarcode('7310000000001')).toBe(COFFEE);
  expect(catalogue.byBarcode('bun')).toBeUndefined();
});

test('of two with one sku the later is found, once', () => {
  const dearer = article({ sku: 'bun', price: '31', category: 'Bakery' });
  const twice = createCatalogue([BUN, dearer]);
  expect(twice.bySku('bun')).toBe(dearer);
  expect(twice.categories).toEqual([{ name: 'Bakery', items: [dearer] }]);
});

test('keeps categories and their articles in order', () => {
  expect(catalogue.categories).toEqual([
    { name: 'Drinks', items: [COFFEE, TEA, BROKEN] },
    { name: 'Bakery', items: [BUN] },
  ]);
});

test.each([
  ['catalogue prices, however written', [sold('coffee', 32.5), sold('bun', '29.900')], 'SEK', []],
  ['another price', [sold('coffee', '30'), sold('coffee', '31')], 'SEK', ['free_price']],
  ['another currency', [sold('coffee', '32.50')], 'EUR', ['free_price']],
  ['a price that cannot be read', [sold('broken', '1')], 'SEK', ['free_price']],
  ['an unknown article', [sold('cake', '30')], 'SEK', ['unknown_article']],
  ['both', [sold('cake', '30'), sold('tea', '1')], 'SEK', ['free_price', 'unknown_article']],
])('flags %s', (_, items, currency, flags) => {
  expect(catalogue.flagsFor({ items, currency })).toEqual(flags);
});

test('an empty catalogue knows no article', () => {
  const empty = createCatalogue([]);
  expect(empty.flagsFor({ items: [sold('coffee', '32.50')], currency: 'SEK' })).toEqual(['unknown_article']);
  expect(empty.categories).toEqual([]);
});
