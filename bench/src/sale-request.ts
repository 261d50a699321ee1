/** Sales as a till posts them, about 500 bytes of text each, built before anything is measured. */

/** What a request needs to reach a server. */
export type Target = { port: number; token: string };

/** A whole HTTP request; the key is written into `bytes` at `keyAt` before each use. */
export type SaleRequestBytes = { bytes: Buffer; keyAt: number };

export const SALE_PATH = '/edge/transactions';

const KEY_PLACEHOLDER = '00000000-0000-0000-0000-000000000000';
const ARTICLES = [
  ['latte', 'Caffè latte'],
  ['cinnamon-bun', 'Kanelbulle'],
  ['rye-sandwich', 'Rye sandwich, cheese'],
  ['orange-juice', 'Orange juice, fresh'],
  ['filter-coffee', 'Filter coffee'],
  ['carrot-cake', 'Carrot cake'],
  ['oat-porridge', 'Oat porridge, berries'],
] as const;
const LINES = 5;

/** The text of sale number `index`; neighbours differ in articles, quantities and prices. */
export function saleText(index: number): string {
  const items = Array.from({ length: LINES }, (_, line) => {
    const [sku, name] = ARTICLES[(index * 3 + line) % ARTICLES.length] ?? ARTICLES[0];
    const price = `${20 + ((index * 7 + line * 13) % 79)}.${(index + line) % 2 === 0 ? '00' : '50'}`;
    return { sku, name, quantity: 1 + ((index + line) % 3), unit_price: price };
  });
  return JSON.stringify({
    cashier_id: 'astrid',
    customer_reference: `member-${String((index * 7919) % 1_000_000).padStart(6, '0')}`,
    items,
    currency: 'SEK',
  });
}

/** The request that posts sale number `index` to `target`. */
export function saleRequest(index: number, target: Target): SaleRequestBytes {
  const body = Buffer.from(saleText(index));
  const head = [
    `POST ${SALE_PATH} HTTP/1.1`,
    `Host: 127.0.0.1:${target.port}`,
    `Authorization: Bearer ${target.token}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `Idempotency-Key: ${KEY_PLACEHOLDER}`,
    '',
    '',
  ].join('\r\n');
  return { bytes: Buffer.concat([Buffer.from(head), body]), keyAt: head.indexOf(KEY_PLACEHOLDER) };
}
