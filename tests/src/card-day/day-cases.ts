/**
 * The table of a day of cards: who presents which card how, and how it must end while no issuer can be asked. The day
 * draws from it, and docs/hardware.md shows it.
 */

/** What hands do at the reader, in their order; `pull` takes the card out after so many commands. */
export type Hand = { does: 'insert' | 'tap' | 'swipe' } | { does: 'pull'; after: number };

/** How the workflow ends: approved, or with the code of its error. */
export type End =
  | 'approved'
  | 'cancelled'
  | 'card_blocked'
  | 'card_not_accepted'
  | 'card_not_authentic'
  | 'card_not_yet_valid'
  | 'card_removed'
  | 'declined_by_card'
  | 'expired_card'
  | 'pin_locked';

export type Entry = 'chip' | 'contactless' | 'magstripe' | 'fallback';
export type Verification = 'pin' | 'online_pin' | 'signature' | 'none';

export type DayCase = {
  name: string;
  /** Id of a card of the wallet. */
  card: string;
  hands: readonly Hand[];
  /** Entered one after the other as the pad asks; when none is left, the red key is pressed. */
  pins: readonly string[];
  /** In the currency of the store. */
  amount: string;
  /** For a card whose counters allow it; see `spent` and `locked` for one whose counters do not. */
  end: End;
  /** What the state tells once the payment has come so far; null where it has not. */
  entry: Entry | null;
  verification: Verification | null;
};

const insert: Hand = { does: 'insert' };
const tap: Hand = { does: 'tap' };
const swipe: Hand = { does: 'swipe' };

type Row = readonly [
  name: string,
  card: string,
  hands: readonly Hand[],
  pins: readonly string[],
  end: End,
  entry: Entry | null,
  verification: Verification | null,
  amount?: string,
];

const ROWS: readonly Row[] = [
  ['PIN checked by the card', 'visa-offline-pin', [insert], ['1234'], 'approved', 'chip', 'pin'],
  ['enciphered PIN', 'visa-enciphered-pin', [insert], ['2468'], 'approved', 'chip', 'pin'],
  [
    'PIN right the second time',
    'mastercard-offline-pin',
    [insert],
    ['1111', '4412'],
    'approved',
    'chip',
    'pin',
  ],
  ['two applications', 'debit-choice', [insert], ['5791'], 'approved', 'chip', 'pin'],
  ['slow chip', 'visa-slow-chip', [insert], ['1234'], 'approved', 'chip', 'pin'],
  ['signature', 'visa-signature', [insert], [], 'approved', 'chip', 'signature'],
  ['static data', 'mastercard-static', [insert], [], 'approved', 'chip', 'signature'],
  ['American Express', 'amex-signature', [insert], [], 'approved', 'chip', 'signature'],
  ['no verification', 'visa-no-pin', [insert], [], 'approved', 'chip', 'none'],
  ['never online', 'mastercard-offline-only', [insert], [], 'approved', 'chip', 'none'],
  ['tap', 'visa-signature', [tap], [], 'approved', 'contactless', 'none'],
  ['tap of American Express', 'amex-signature', [tap], [], 'approved', 'contactless', 'none'],
  ['tap, never online', 'mastercard-offline-only', [tap], [], 'approved', 'contactless', 'none'],
  ['stripe only', 'visa-stripe-only', [swipe], [], 'approved', 'magstripe', 'signature'],
  ['stripe sent to the chip', 'visa-offline-pin', [swipe, insert], ['1234'], 'approved', 'chip', 'pin'],
  [
    'pulled out and put in again',
    'visa-no-pin',
    [{ does: 'pull', after: 2 }, insert],
    [],
    'approved',
    'chip',
    'none',
  ],
  ['pulled out', 'visa-no-pin', [{ does: 'pull', after: 9 }], [], 'card_removed', null, null],
  ['PIN for the issuer', 'visa-online-pin', [insert], ['4315'], 'declined_by_card', 'chip', 'online_pin'],
  ['always online', 'mastercard-online-only', [insert], ['8520'], 'declined_by_card', 'chip', 'online_pin'],
  ['never used before', 'visa-new', [insert], ['1234'], 'declined_by_card', 'chip', 'pin'],
  ['foreign currency', 'visa-foreign', [insert], ['1234'], 'declined_by_card', 'chip', 'pin'],
  ['foreign currency, tap', 'visa-foreign', [tap], [], 'declined_by_card', 'contactless', 'none'],
  [
    'above the floor limit',
    'visa-enciphered-pin',
    [insert],
    ['2468'],
    'declined_by_card',
    'chip',
    'pin',
    '600.00',
  ],
  ['nothing signed', 'visa-unsigned', [insert], [], 'declined_by_card', 'chip', 'signature'],
  ['wrong PIN, given up', 'visa-damaged-stripe', [insert], ['9999'], 'cancelled', 'chip', null],
  ['right PIN after that', 'visa-damaged-stripe', [insert], ['1234'], 'approved', 'chip', 'pin'],
  ['three wrong PINs', 'visa-slow-chip', [insert], ['1111', '2222', '3333'], 'pin_locked', 'chip', null],
  ['PIN blocked by its issuer', 'visa-pin-blocked', [insert], [], 'pin_locked', 'chip', null],
  ['expired', 'visa-expired', [insert], [], 'expired_card', 'chip', null],
  ['expired, tap', 'visa-expired', [tap], [], 'expired_card', 'contactless', null],
  ['not yet effective', 'visa-not-yet-effective', [insert], [], 'card_not_yet_valid', 'chip', null],
  ['application blocked', 'visa-application-blocked', [insert], [], 'card_not_accepted', null, null],
  ['card blocked', 'visa-card-blocked', [insert], [], 'card_blocked', null, null],
  ['forged', 'visa-forged', [insert], [], 'card_not_authentic', 'chip', null],
  ['issuer called back', 'visa-revoked-issuer', [insert], [], 'card_not_authentic', 'chip', null],
];

export const DAY_CASES: readonly DayCase[] = ROWS.map(
  ([name, card, hands, pins, end, entry, verification, amount = '20.00']) => ({
    ...{ name, card, hands, pins, end, entry, verification, amount },
  }),
);

/** The table as a page shows it. */
export function tableOfCases(): string {
  const rows = DAY_CASES.map(({ name, card, hands, pins, amount, end, entry, verification }) => {
    const does = hands.map((hand) => (hand.does === 'pull' ? `pull after ${hand.after}` : hand.does));
    const cells = [name, `\`${card}\``, does.join(', '), pins.join(', ') || '–', amount];
    return [...cells, `\`${end}\``, entry ?? '–', verification ?? '–'];
  });
  const head = ['Case', 'Card', 'Hands', 'PINs', 'Amount', 'End', 'Entry mode', 'Verification'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
