import { expect, test } from 'vitest';
import type { TextStore } from '../platform.ts';
import { addArticle, EMPTY_CART, setNote } from './cart.ts';
import { forgetSale, keepCart, keepSale, keptCart, oldestKeptSale } from './keeping.ts';
import type { PendingSale } from './sale-machine.ts';

function memoryStore(): TextStore {
  const texts = new Map<string, string>();
  return {
    get: (key) => texts.get(key) ?? null,
    set: (key, value) => void texts.set(key, value),
    remove: (key) => void texts.delete(key),
    keys: () => [...texts.keys()],
  };
}

const sale = (key: string): PendingSale => ({
  key,
  body: { cashier_id: 'anna', items: [], currency: 'SEK' },
  total: '10.00',
  received: '20.00',
});

test('sales come back oldest first and go one by one', () => {
  const store = memoryStore();
  expect(oldestKeptSale(store)).toBeNull();
  keepSale(store, sale('0199-b'));
  keepSale(store, sale('0199-a'));
  expect(oldestKeptSale(store)).toEqual(sale('0199-a'));
  forgetSale(store, '0199-a');
  expect(oldestKeptSale(store)).toEqual(sale('0199-b'));
  forgetSale(store, '0199-b');
  expect(oldestKeptSale(store)).toBeNull();
});

test('a cart comes back as it was, exactly', () => {
  const store = memoryStore();
  const article = { sku: '5n', name: '12n', priceMinor: 900_719_925_474_099_301n };
  const cart = setNote(addArticle(EMPTY_CART, { article, id: 'a' }), '7n');
  keepCart(store, cart);
  expect(keptCart(store)).toEqual(cart);
  keepCart(store, EMPTY_CART);
  expect(store.keys()).toEqual([]);
  expect(keptCart(store)).toEqual(EMPTY_CART);
});
