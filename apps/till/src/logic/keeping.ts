/**
 * What the till keeps through a reload: its cart, and sales whose outcome is not known. One slot a sale, so that two
 * windows of one till never overwrite each other's key.
 */
import type { TextStore } from '../platform.ts';
import { type Cart, EMPTY_CART } from './cart.ts';
import type { PendingSale } from './sale-machine.ts';

const SALE_PREFIX = 'holdfast.till.sale.';
const CART_KEY = 'holdfast.till.cart';

/** Written before the first try. */
export function keepSale(store: TextStore, sale: PendingSale): void {
  store.set(SALE_PREFIX + sale.key, JSON.stringify(sale));
}

/** Called when the outcome is known. */
export function forgetSale(store: TextStore, key: string): void {
  store.remove(SALE_PREFIX + key);
}

/** The oldest sale whose outcome is not known; keys sort by time. */
export function oldestKeptSale(store: TextStore): PendingSale | null {
  const slot = store
    .keys()
    .filter((key) => key.startsWith(SALE_PREFIX))
    .sort()[0];
  const text = slot === undefined ? null : store.get(slot);
  // Only `keepSale` writes there.
  return text === null ? null : (JSON.parse(text) as PendingSale);
}

/** Keeps the cart; an empty one leaves nothing behind. */
export function keepCart(store: TextStore, cart: Cart): void {
  if (cart.lines.length === 0 && cart.note === '') store.remove(CART_KEY);
  else
    store.set(
      CART_KEY,
      JSON.stringify(cart, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
    );
}

/** The cart as it was kept. */
export function keptCart(store: TextStore): Cart {
  const text = store.get(CART_KEY);
  if (text === null) return EMPTY_CART;
  const revive = (key: string, value: unknown) =>
    key.endsWith('Minor') && typeof value === 'string' ? BigInt(value.slice(0, -1)) : value;
  // Only `keepCart` writes there.
  return JSON.parse(text, revive) as Cart;
}
