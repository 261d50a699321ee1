import { describe, expect, test } from 'vitest';
import {
  addArticle,
  cartTotals,
  discounted,
  EMPTY_CART,
  piecesBySku,
  QUANTITY_MAX,
  saleRequest,
  setNote,
  setPrice,
  setQuantity,
} from './cart.ts';

const coffee = { sku: 'coffee', name: 'Coffee', priceMinor: 3250n };
const bun = { sku: 'bun', name: 'Cinnamon bun', priceMinor: 3990n };

function filled() {
  let cart = addArticle(EMPTY_CART, { article: coffee, id: 'a' });
  cart = addArticle(cart, { article: bun, id: 'b' });
  return addArticle(cart, { article: coffee, id: 'c' });
}

describe('cart', () => {
  test('the same article at the same price is one line', () => {
    const cart = filled();
    expect(cart.lines.map((line) => [line.id, line.quantity])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(cartTotals(cart)).toEqual({ totalMinor: 10_490n, discountMinor: 0n, pieces: 3 });
  });

  test('an article is counted over all its lines', () => {
    const cart = addArticle(setPrice(filled(), { id: 'a', unitMinor: 100n }), { article: coffee, id: 'd' });
    expect([...piecesBySku(cart)]).toEqual([
      ['coffee', 3],
      ['bun', 1],
    ]);
  });

  test('a discounted line takes no further pieces at the list price', () => {
    const cart = addArticle(setPrice(filled(), { id: 'a', unitMinor: 3000n }), { article: coffee, id: 'd' });
    expect(cart.lines.map((line) => line.id)).toEqual(['a', 'b', 'd']);
    expect(cartTotals(cart)).toEqual({ totalMinor: 13_240n, discountMinor: 500n, pieces: 4 });
  });

  test('quantity zero takes the line out, and there is a most', () => {
    expect(setQuantity(filled(), { id: 'a', quantity: 0 }).lines.map((line) => line.id)).toEqual(['b']);
    expect(setQuantity(filled(), { id: 'b', quantity: 1e9 }).lines[1]?.quantity).toBe(QUANTITY_MAX);
  });

  test('discounts round half up to a minor unit', () => {
    expect(discounted(3990n, 10)).toBe(3591n);
    expect(discounted(5n, 50)).toBe(3n);
    expect(discounted(3990n, 100)).toBe(0n);
  });

  test('totals stay exact far above what a double holds', () => {
    const article = { sku: 'x', name: 'X', priceMinor: 999_999_999_999_999n };
    const cart = setQuantity(addArticle(EMPTY_CART, { article, id: 'x' }), { id: 'x', quantity: 9_999 });
    expect(cartTotals(cart).totalMinor).toBe(999_999_999_999_999n * 9_999n);
  });

  test('becomes the body of a sale', () => {
    const cart = setNote(filled(), '  table 4 ');
    expect(saleRequest(cart, { currency: 'SEK', cashierId: 'anna', receivedMinor: 20_000n })).toEqual({
      cashier_id: 'anna',
      customer_reference: 'table 4',
      items: [
        { sku: 'coffee', name: 'Coffee', quantity: 2, unit_price: '32.50' },
        { sku: 'bun', name: 'Cinnamon bun', quantity: 1, unit_price: '39.90' },
      ],
      currency: 'SEK',
      tenders: [{ type: 'cash', amount: '200.00' }],
    });
    expect(
      saleRequest(EMPTY_CART, { currency: 'SEK', cashierId: 'a', receivedMinor: 0n }),
    ).not.toHaveProperty('tenders');
  });
});
