import { expect, test } from 'vitest';
import { findArticles, gridStep, shelfOf } from './shelf.ts';

const item = (sku: string, name: string, category: string, currency = 'SEK') => ({
  sku,
  name,
  category,
  currency,
  price: '10.00',
  barcode: `73${sku}`,
  symbol: '',
});
const catalogue = {
  items: [
    item('1', 'Crème brûlée', 'Sweet'),
    item('2', 'Coffee', 'Drinks'),
    item('3', 'Tea', 'Drinks', 'EUR'),
  ],
  categories: ['Drinks', 'Sweet'],
  as_of: null,
};

test('the shelf has one currency', () => {
  expect(shelfOf(catalogue, 'SEK').articles.map((article) => [article.sku, article.priceMinor])).toEqual([
    ['1', 1_000n],
    ['2', 1_000n],
  ]);
  expect(shelfOf(undefined, 'SEK').articles).toEqual([]);
});

test('a search ignores accents, case and the category; a code finds its article', () => {
  const { articles } = shelfOf(catalogue, 'SEK');
  const find = (category: string | null, text: string) =>
    findArticles(articles, { category, text }).map((article) => article.sku);
  expect(find('Drinks', '')).toEqual(['2']);
  expect(find(null, '')).toEqual(['1', '2']);
  expect(find('Drinks', 'BRULEE creme')).toEqual(['1']);
  expect(find('Sweet', '732')).toEqual(['2']);
  expect(find(null, 'nothing')).toEqual([]);
});

test('arrows walk the grid and stop at its edges', () => {
  const at = (key: string, index: number) => gridStep(key, { index, count: 7, columns: 3 });
  expect(at('ArrowRight', 0)).toBe(1);
  expect(at('ArrowDown', 1)).toBe(4);
  expect(at('ArrowDown', 5)).toBeNull();
  expect(at('ArrowUp', 1)).toBeNull();
  expect(at('End', 0)).toBe(6);
  expect(at('x', 0)).toBeNull();
});
