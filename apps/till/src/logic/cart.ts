/**
 * The cart: what the customer wants to buy, before it is a sale. Every function returns a new cart. Amounts are bigint
 * minor units of one currency, the store's.
 */
import type { SaleRequest } from '@holdfast/protocol';
import { amountText } from '@holdfast/ui';

/** A line. Two lines are the same article at the same price, or they are two lines. */
export type CartLine = {
  /** Names the line on this screen. */
  id: string;
  sku: string;
  name: string;
  quantity: number;
  /** What is charged. */
  unitMinor: bigint;
  /** What the catalogue asks; differs after a discount. Equal for custom articles. */
  listMinor: bigint;
};

export type Cart = { lines: readonly CartLine[]; note: string };

export type Article = Pick<CartLine, 'sku' | 'name'> & { priceMinor: bigint };

export const EMPTY_CART: Cart = { lines: [], note: '' };

/** The most a line takes; the edge refuses more than a million. */
export const QUANTITY_MAX = 9_999;

/** Puts one more into the cart: on the line that has it at its list price, or on a new line named `id`. */
export function addArticle(cart: Cart, { article, id }: { article: Article; id: string }): Cart {
  const same = cart.lines.find(
    (line) =>
      line.sku === article.sku &&
      line.name === article.name &&
      line.unitMinor === article.priceMinor &&
      line.listMinor === article.priceMinor,
  );
  if (same !== undefined) return setQuantity(cart, { id: same.id, quantity: same.quantity + 1 });
  const line: CartLine = {
    id,
    sku: article.sku,
    name: article.name,
    quantity: 1,
    unitMinor: article.priceMinor,
    listMinor: article.priceMinor,
  };
  return { ...cart, lines: [...cart.lines, line] };
}

/** Sets a line's quantity, held between zero and {@link QUANTITY_MAX}; zero takes the line out. */
export function setQuantity(cart: Cart, { id, quantity }: { id: string; quantity: number }): Cart {
  const held = Math.min(Math.max(0, Math.floor(quantity)), QUANTITY_MAX);
  const lines = cart.lines.map((line) => (line.id === id ? { ...line, quantity: held } : line));
  return { ...cart, lines: lines.filter((line) => line.quantity > 0) };
}

/** Charges another price on a line. */
export function setPrice(cart: Cart, { id, unitMinor }: { id: string; unitMinor: bigint }): Cart {
  return { ...cart, lines: cart.lines.map((line) => (line.id === id ? { ...line, unitMinor } : line)) };
}

/** Sets the note, which becomes the sale's customer reference. */
export function setNote(cart: Cart, note: string): Cart {
  return { ...cart, note };
}

/** The price after a discount in whole percent, rounded half up to a minor unit. */
export function discounted(priceMinor: bigint, percent: number): bigint {
  const hundredths = priceMinor * BigInt(100 - percent);
  return (hundredths + 50n) / 100n;
}

/** What the customer owes, what the discounts took off, and how many pieces there are. */
export function cartTotals(cart: Cart): { totalMinor: bigint; discountMinor: bigint; pieces: number } {
  let totalMinor = 0n;
  let discountMinor = 0n;
  let pieces = 0;
  for (const line of cart.lines) {
    const quantity = BigInt(line.quantity);
    totalMinor += line.unitMinor * quantity;
    if (line.listMinor > line.unitMinor) discountMinor += (line.listMinor - line.unitMinor) * quantity;
    pieces += line.quantity;
  }
  return { totalMinor, discountMinor, pieces };
}

/** How many pieces of each article the cart has, by SKU. */
export function piecesBySku(cart: Cart): ReadonlyMap<string, number> {
  const pieces = new Map<string, number>();
  for (const { sku, quantity } of cart.lines) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  return pieces;
}

/** The body of the sale, paid with `receivedMinor` in cash. */
export function saleRequest(
  cart: Cart,
  sale: { currency: string; cashierId: string; receivedMinor: bigint },
): SaleRequest {
  const { currency, cashierId, receivedMinor } = sale;
  const note = cart.note.trim();
  return {
    cashier_id: cashierId,
    customer_reference: note === '' ? null : note,
    items: cart.lines.map((line) => ({
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      unit_price: amountText(line.unitMinor, currency),
    })),
    currency,
    // A cart of free articles owes nothing: the edge needs no tender then.
    ...(receivedMinor > 0n && {
      tenders: [{ type: 'cash' as const, amount: amountText(receivedMinor, currency) }],
    }),
  };
}
