/**
 * What the counters of the cards must have come to: a reckoning of its own, by the rules that the cards were issued with,
 * that knows nothing of the simulators.
 */
import { toMinor } from '@holdfast/money';
import type { DayCase, End, Hand, Key } from './day-cases.ts';

/** Payments since the last one online from which a card wants its issuer, and those after which it declines. */
const LOWER_LIMIT = 3;
const UPPER_LIMIT = 6;
const PIN_TRIES = 3;
/** ATC of every card at the beginning of the day, which is also that of its last payment online. */
const FIRST_COUNTER = 20;
/** Approves without its issuer always; its limit is beyond a day. */
const NEVER_ONLINE = 'mastercard-offline-only';
/** Commands by contact until a card is asked for its options, which counts as a payment. */
const COMMANDS_UNTIL_COUNTED = 5;
/** Minor units at which the issuer must be asked, with what the card paid here before. */
const FLOOR_LIMIT = 50_000n;

/** What a payment must tell. */
export type Expected = {
  end: End;
  entry: DayCase['entry'];
  verification: DayCase['verification'];
  /** Of an approval with a chip: Y1 for one the card gave at once, Y3 where it wanted the issuer and nobody was there. */
  responseCode: 'Y1' | 'Y3' | null;
  /** Four hex digits. */
  transactionCounter: string | null;
  /** The table would have it approved, and the counters of the card do not. */
  isSpent: boolean;
};

type Card = { used: number; tries: number; lastMinor: bigint };

/** Keeps the counters of one till's cards; `expect` is called once a payment, in their order. */
export function createCardLedger(currency: string): { expect(of: DayCase): Expected } {
  const cards = new Map<string, Card>();
  return {
    expect(of) {
      const card = cards.get(of.card) ?? { used: 0, tries: PIN_TRIES, lastMinor: 0n };
      cards.set(of.card, card);
      if (of.hands.some(isCounted)) card.used += 1;
      const amountMinor = toMinor(of.amount, currency);
      const expected = expectedOf(of, card, amountMinor);
      if (expected.end === 'approved') card.lastMinor = amountMinor;
      return expected;
    },
  };
}

function isCounted(hand: Hand): boolean {
  return hand.does === 'pull' ? hand.after >= COMMANDS_UNTIL_COUNTED : /^insert$|^tap$/.test(hand.does);
}

function expectedOf(of: DayCase, card: Card, amountMinor: bigint): Expected {
  const { entry, verification } = of;
  const none = { responseCode: null, transactionCounter: null, isSpent: false };
  if (of.entry === 'chip' && enterPins(of.keys, of.verification, card) === 'locked')
    return { end: 'pin_locked', entry, verification: null, ...none };
  if (of.end !== 'approved') return { end: of.end, entry, verification, ...none };
  const isSplit = amountMinor + card.lastMinor >= FLOOR_LIMIT;
  if (entry === 'magstripe')
    return { end: isSplit ? 'online_required' : 'approved', entry, verification, ...none };
  const limited = of.card !== NEVER_ONLINE;
  // A tap is over once the card wants its issuer: it cannot be asked a second time, so its limit is the lower one.
  const limit = entry === 'contactless' ? LOWER_LIMIT : UPPER_LIMIT;
  const isSpent = (limited && card.used > limit) || card.tries === 0;
  // A tap is over before anybody could sign, and nobody has to for one that was declined.
  const verified = entry === 'contactless' ? 'none' : verification;
  if (isSpent || isSplit) return { end: 'declined_by_card', entry, verification: verified, ...none, isSpent };
  const transactionCounter = (FIRST_COUNTER + card.used).toString(16).toUpperCase().padStart(4, '0');
  const responseCode = limited && card.used > LOWER_LIMIT ? 'Y3' : 'Y1';
  return { end: 'approved', entry, verification, responseCode, transactionCounter, isSpent: false };
}

/** Where the card checks the PIN: each wrong one takes a try, a right one gives them back, and none is asked for without. */
function enterPins(
  keys: readonly Key[],
  verification: DayCase['verification'],
  card: Card,
): 'locked' | 'open' {
  if (verification === 'online_pin') return 'open';
  for (const key of keys) {
    if (card.tries === 0) return 'locked';
    if (key === 'wrong') card.tries -= 1;
    if (key === 'right') card.tries = PIN_TRIES;
  }
  return card.tries === 0 && keys.length > 0 ? 'locked' : 'open';
}
