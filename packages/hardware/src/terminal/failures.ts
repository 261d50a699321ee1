/** The codes of a payment terminal in sentences, and those of its kernel in codes. */
import type { PaymentOutcome } from '@holdfast/cards';
import type {
  ApprovalFailure,
  PrepareAnswer,
  ReadFailure,
  ValidationFailure,
  VerificationFailure,
} from './payment-types.ts';

type Code =
  | ReadFailure
  | ValidationFailure
  | VerificationFailure
  | ApprovalFailure
  | Extract<PrepareAnswer, { kind: 'failed' }>['code']
  | 'not_prepared';

const SENTENCES: Readonly<Record<Code, string>> = {
  card_removed: 'The card was taken away: read it again.',
  cancelled: 'The payment was cancelled at the terminal, or nobody paid in time: start it again.',
  terminal_busy: 'Another payment is at the terminal: wait until it has ended.',
  reader_unavailable: 'The card reader does not answer: check its cable.',
  card_unreadable: 'The card could not be read: ask for another card.',
  card_blocked: 'The card is blocked: ask for another card.',
  card_not_accepted: 'This card cannot be used for this payment here: ask for another card.',
  expired_card: 'The card has expired: ask for another card.',
  card_not_yet_valid: 'The card is not valid yet: ask for another card.',
  card_not_authentic: 'The card could not prove that it is genuine: ask for another card.',
  no_pin_pad: 'The PIN pad does not answer, and the card wants a PIN: check its cable.',
  wrong_pin: 'The PIN was wrong: ask for another card.',
  pin_locked: 'The PIN of the card is locked after too many wrong ones: ask for another card.',
  pin_bypassed: 'The customer gave no PIN, and the card wants one: ask for another card.',
  verification_failed: 'The cardholder could not be verified as the card wants it: ask for another card.',
  declined_by_card: 'The card declined the payment: ask for another card.',
  online_required: 'The card or its rules want the issuer to be asked: ask online, or for another card.',
  approved_by_card: 'The card has approved the payment by itself: there is nothing to ask the issuer.',
  not_prepared: 'The issuer was not asked about this payment: prepare it first.',
};

export function failed<C extends Code>(code: C): { kind: 'failed'; code: C; message: string } {
  return { kind: 'failed', code, message: SENTENCES[code] };
}

type Reason = Extract<PaymentOutcome, { kind: 'terminated' }>['reason'];
type Terminated = 'card_removed' | 'cancelled' | 'card_blocked' | 'card_not_accepted' | 'card_unreadable';

const REASONS: Readonly<Record<Reason, Terminated>> = {
  card_removed: 'card_removed',
  cancelled: 'cancelled',
  card_blocked: 'card_blocked',
  no_application: 'card_not_accepted',
  service_not_allowed: 'card_not_accepted',
  use_chip: 'card_not_accepted',
  amount_over_limit: 'card_not_accepted',
  // Another amount is another tap: the card is to be read again.
  amount_changed: 'card_removed',
  card_error: 'card_unreadable',
};

/** What a payment says that its kernel ended without an answer of the card. */
export function codeOf(reason: Reason): Terminated {
  return REASONS[reason];
}
