/** What a stored sale says of its lines. The payload is what some client once sent: nothing in it is taken on trust. */
import type { OrderLine } from '../parts/order-lines.tsx';

/** The lines that can be read; none if the payload is not a sale's. */
export function linesOf(payloadJson: string): OrderLine[] {
  let payload: unknown;
  try {
    payload = JSON.parse(payloadJson);
  } catch {
    // A payload that is no JSON has no lines; the sale is shown without them.
    return [];
  }
  const items = isRecord(payload) ? payload.items : undefined;
  return Array.isArray(items) ? items.flatMap(lineOf) : [];
}

function lineOf(item: unknown): OrderLine[] {
  if (!isRecord(item)) return [];
  const { name, quantity, unit_price: price } = item;
  const readable =
    typeof name === 'string' &&
    typeof quantity === 'number' &&
    Number.isSafeInteger(quantity) &&
    (typeof price === 'string' || typeof price === 'number');
  return readable ? [{ name, quantity, unit_price: price }] : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
