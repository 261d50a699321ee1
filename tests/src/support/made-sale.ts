/** Sales as tills make them, with the total that each must come to, reckoned without the product's own arithmetic. */
import { type Clock, uuidV7 } from '@holdfast/base';
import type { Seeded } from './seeded.ts';

export type MadeSale = {
  /** The `customer_reference`: names this sale in the store whether or not it has a key. */
  reference: string;
  /** The `Idempotency-Key`, if the till sends one. */
  key: string | undefined;
  /** True when the key is a UUIDv7, and so the operation itself. */
  ownsOperation: boolean;
  body: string;
  totalMinor: bigint;
  /** As a decimal string. */
  total: string;
  currency: string;
};

const CURRENCIES = [
  { code: 'SEK', digits: 2 },
  { code: 'EUR', digits: 2 },
  { code: 'JPY', digits: 0 },
  { code: 'ISK', digits: 0 },
  { code: 'KWD', digits: 3 },
  { code: 'BHD', digits: 3 },
] as const;

/** Makes the sales of one till; `prefix` sets its references apart from those of every other. */
export function createSaleMaker(at: { prefix: string; random: Seeded; clock: Clock }): () => MadeSale {
  let count = 0;
  return () => {
    count += 1;
    return makeSale({ ...at, reference: `${at.prefix}-${count}` });
  };
}

function makeSale(at: { reference: string; random: Seeded; clock: Clock }): MadeSale {
  const { reference, random } = at;
  const { code, digits } = random.pick(CURRENCIES);
  let totalMinor = 0n;
  // Most baskets are small, and a few are not.
  const lines = random.chance(0.85) ? random.int(1, 6) : random.int(7, 40);
  const items = Array.from({ length: lines }, (_, index) => {
    const quantity = random.int(1, 12);
    const priceMinor = BigInt(random.int(1, 250_000));
    totalMinor += priceMinor * BigInt(quantity);
    return {
      sku: `sku-${random.int(1, 500)}`,
      name: random.pick(['Kaffe', 'Räksmörgås', 'パン', 'Tea "Earl Grey"', `Line ${index}`]),
      quantity,
      unit_price: decimal(priceMinor, digits),
    };
  });
  const body = JSON.stringify({
    cashier_id: random.pick(['astrid', 'björn', 'c-3']),
    customer_reference: reference,
    items,
    currency: code,
  });
  return { reference, ...makeKey(at), body, totalMinor, total: decimal(totalMinor, digits), currency: code };
}

/** Half of the tills name the operation themselves, a third have keys of their own making, the others none. */
function makeKey({ reference, random, clock }: { reference: string; random: Seeded; clock: Clock }) {
  const kind = random.unit();
  if (kind < 0.5) return { key: uuidV7({ clock, random }), ownsOperation: true };
  if (kind < 0.83) return { key: `till/${reference}`, ownsOperation: false };
  return { key: undefined, ownsOperation: false };
}

function decimal(minor: bigint, digits: number): string {
  if (digits === 0) return String(minor);
  const text = String(minor).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
