/**
 * What the counters of the cards must have come to: a reckoning of its own, by the rules that the cards were issued with,
 * that knows nothing of the simulators.
 */
import type { DayCase, End } from './day-cases.ts';

/** Payments since the last one online from which a card wants its issuer, and those after which it declines. */
const LOWER_LIMIT = 3;
const UPPER_LIMIT = 6;
const PIN_TRIES = 3;
/** ATC of every card at the beginning of the day, which is also that of its last payment online. */
const FIRST_COUNTER = 20;
/** Approves without its issuer always; its limit is beyond a day. */
const NEVER_ONLINE = 'mastercard-offline-only';

export type Expected = {
  end: End;
  entry: DayCase['entry'];
  verification: DayCase['verification'];
  /** Of an approval with a chip: Y1 for one the card gave at once, Y3 where it wanted the issuer and nobody was there. */
  responseCode: 'Y1' | 'Y3' | null;
  /** Four hex digits. */
  transactionCounter: string | null;
};

type Card = { used: number; tries: number };

/** Keeps the counters of a day; `expect` is called once a payment, in their order. */
export function createCardLedger(): { expect(of: DayCase): Expected } {
  const cards = new Map<string, Card>();
  return {
    expect(of) {
      const card = cards.get(of.card) ?? { used: 0, tries: PIN_TRIES };
      cards.set(of.card, card);
      // A card counts a payment when it is asked for its options, which a pull after two commands is too early for.
      if (of.hands.some(({ does }) => does !== 'swipe')) card.used += 1;
      return expectedOf(of, card);
    },
  };
}

function expectedOf(of: DayCase, card: Card): Expected {
  const { entry } = of;
  const none = { responseCode: null, transactionCounter: null };
  const pins = of.verification === 'online_pin' ? 'open' : enterPins(of, card);
  if (pins === 'locked') return { end: 'pin_locked', entry, verification: null, ...none };
  if (of.end !== 'approved') return { end: of.end, entry, verification: of.verification, ...none };
  const { verification } = of;
  if (entry === 'magstripe') return { end: 'approved', entry, verification, ...none };
  const limited = of.card !== NEVER_ONLINE;
  // A tap is over once the card wants its issuer: it cannot be asked a second time, so its limit is the lower one.
  const limit = entry === 'contactless' ? LOWER_LIMIT : UPPER_LIMIT;
  if (limited && card.used > limit) return { end: 'declined_by_card', entry, verification, ...none };
  const transactionCounter = (FIRST_COUNTER + card.used).toString(16).toUpperCase().padStart(4, '0');
  const responseCode = limited && card.used > LOWER_LIMIT ? 'Y3' : 'Y1';
  return { end: 'approved', entry, verification, responseCode, transactionCounter };
}

/** The last PIN of a case that is to be verified is the right one; every other is wrong. */
function enterPins({ pins, verification }: DayCase, card: Card): 'locked' | 'open' {
  if (pins.length === 0) return 'open';
  for (const [index] of pins.entries()) {
    if (card.tries === 0) return 'locked';
    const isRight = verification === 'pin' && index === pins.length - 1;
    card.tries = isRight ? PIN_TRIES : card.tries - 1;
  }
  return card.tries === 0 ? 'locked' : 'open';
}
