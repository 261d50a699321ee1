/**
 * Plays a day of cards at the tills of a chain: stores with an identity, a wallet and, some of them, a currency of their
 * own. Whoever plays it hears of each payment, and may look at a till before it closes.
 */
import { join } from 'node:path';
import { createCardLedger, type Expected } from './card-ledger.ts';
import type { DayCase } from './day-cases.ts';
import { planDay } from './day-plan.ts';
import type { DayRemains } from './day-remains.ts';
import { type DayTill, type Ended, openDayTill } from './day-till.ts';

const TILLS = 20;
export const PAYMENTS = 500;
/** Currency and numeric country of the stores, in turn. */
const PLACES = [
  { currency: 'SEK', country: '752' },
  { currency: 'SEK', country: '752' },
  { currency: 'EUR', country: '276' },
  { currency: 'USD', country: '840' },
] as const;

/** A payment, and what the ledger says that it must have told. */
export type Played = { till: DayTill; of: DayCase; expected: Expected; ended: Ended; where: string };

export type PlayDayOptions = {
  seed: number;
  /** Each till has a folder of its own in it, which stays. */
  folder: string;
  startMs?: number;
  onPayment?: (played: Played) => void;
  /** While the store is open; its log may hold what it has not taken over yet. */
  beforeClose?: (till: DayTill, remains: DayRemains) => Promise<void>;
};

/** Plays the whole day; what every till leaves behind. */
export async function playDay(options: PlayDayOptions): Promise<DayRemains[]> {
  const { seed } = options;
  const days = planDay({ seed, tills: TILLS, payments: PAYMENTS });
  const remains: DayRemains[] = [];
  for (const [index, cases] of days.entries()) remains.push(await playTill(index, cases, options));
  return remains;
}

async function playTill(
  index: number,
  cases: readonly DayCase[],
  { seed, folder, startMs, onPayment, beforeClose }: PlayDayOptions,
): Promise<DayRemains> {
  const name = `till-${String(index + 1).padStart(2, '0')}`;
  const place = PLACES[index % PLACES.length] ?? PLACES[0];
  const till = await openDayTill({
    ...{ seed: seed + index, folder: join(folder, name), name, ...place },
    ...(startMs !== undefined && { startMs }),
  });
  try {
    const ledger = createCardLedger(place.currency);
    for (const [at, of] of cases.entries()) {
      const expected = ledger.expect(of);
      const where = `seed ${seed}, ${name}, payment ${at + 1}: ${of.name} (${of.card})`;
      onPayment?.({ till, of, expected, ended: await till.pay(of), where });
    }
    await beforeClose?.(till, till.remains());
    return till.remains();
  } finally {
    await till.close();
  }
}
