/** What cards paid here lately, by their tokens. Kept for a day: the terminal's log reaches no further back. */
import type { Statement } from 'better-sqlite3-multiple-ciphers';
import type { Db } from './open.ts';

type CardPaymentStatements = { noteCardPayment: Statement; forgetCardPayments: Statement };

/** How long a payment counts. */
const KEPT_MS = 86_400_000;

/** Prepares what {@link noteCardPayment} runs, once a connection. */
export function prepareCardPaymentStatements(db: Db): CardPaymentStatements {
  return {
    noteCardPayment: db.prepare(
      `INSERT INTO card_payment (token, currency, amount_minor, payments, paid_ms) VALUES (?, ?, ?, 1, ?)
       ON CONFLICT (token, currency) DO UPDATE
       SET amount_minor = excluded.amount_minor, payments = payments + 1, paid_ms = excluded.paid_ms`,
    ),
    forgetCardPayments: db.prepare('DELETE FROM card_payment WHERE paid_ms < ?'),
  };
}

/** Writes down what a card paid, within the transaction of its sale, and forgets what is too old to count. */
export function noteCardPayment(
  statements: CardPaymentStatements,
  of: { token: string; currency: string; amountMinor: bigint; nowMs: number },
): void {
  statements.forgetCardPayments.run(of.nowMs - KEPT_MS);
  statements.noteCardPayment.run(of.token, of.currency, of.amountMinor, of.nowMs);
}

/** Asks for what a card paid last: minor units, undefined where it has paid nothing that counts. */
export function createCardPayments(
  db: Db,
  nowMs: () => number,
): { lastAmount(token: string, currency: string): bigint | undefined } {
  const last = db
    .prepare('SELECT amount_minor FROM card_payment WHERE token = ? AND currency = ? AND paid_ms >= ?')
    .pluck()
    .safeIntegers();
  return {
    lastAmount: (token, currency) => last.get(token, currency, nowMs() - KEPT_MS) as bigint | undefined, // An INTEGER column, or no row.
  };
}
