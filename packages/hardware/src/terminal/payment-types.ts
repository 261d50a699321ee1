/** What a payment terminal is asked, and what it tells. Nothing here holds a card number, a track or a PIN. */

import type { AuthorisationAnswer, CardData, TruncatedPan } from '@holdfast/cards';
import type { CardPayment } from '@holdfast/commerce';
import type { Outcome } from '../ports/device.ts';
import type { OnlinePin } from '../ports/pin-pad.ts';

/**
 * One step of a payment. A payment belongs to whoever began it by `instanceId`. The same `key` for the same step is the
 * same step: it is done once, and a repeat hears what came of it. `signal` aborts when nobody waits any more.
 */
export type PaymentCall = { instanceId: string; key: string; signal: AbortSignal };

/** How a card was read; `fallback` is the stripe of a card whose chip could not be read. */
export type CardEntry = 'chip' | 'contactless' | 'magstripe' | 'fallback';

/** What may be told of a card. */
export type CardFacts = {
  /** The same for the same number at this merchant, and of no use to anybody else. */
  token: string;
  /** A brand of `brandOf`, or `unknown`. */
  brand: string;
  truncated: TruncatedPan;
  /** Truncated, in the width of the whole number. */
  masked: string;
  /** `YYYY-MM`. */
  expiry: string;
  entry: CardEntry;
  /** By the card, else the brand. */
  label: string;
  /** Of the stripe or its image in the chip; null where the card has none. */
  serviceCode: string | null;
  /** Null where the card does not tell. */
  pinTriesLeft: number | null;
};

/** How the cardholder was verified. An online PIN is taken and enciphered; only the issuer can tell whether it is right. */
export type Verification = 'pin' | 'online_pin' | 'pin_and_signature' | 'signature' | 'device' | 'none';

/** What a receipt says of the card, in the fields of its block. */
export type CardEvidence = Pick<
  CardPayment,
  'application_label' | 'card_number' | 'entry_mode' | 'verification' | 'chip'
> & { response_code: string | null };

/** A card that cannot go on: it or the reader is gone, or the payment was broken off. The workflow may read again. */
export type Interrupted = 'card_removed' | 'cancelled';

export type ReadFailure =
  | Interrupted
  | 'terminal_busy'
  | 'reader_unavailable'
  | 'card_unreadable'
  | 'card_blocked'
  | 'card_not_accepted';

/** `card_not_accepted`: not this card for this payment here, by its own rules. */
export type ValidationFailure =
  | Interrupted
  | 'expired_card'
  | 'card_not_yet_valid'
  | 'card_blocked'
  | 'card_not_authentic'
  | 'card_not_accepted'
  | 'card_unreadable';

export type VerificationFailure =
  | Interrupted
  | 'no_pin_pad'
  | 'wrong_pin'
  | 'pin_locked'
  | 'pin_bypassed'
  | 'verification_failed'
  | 'card_blocked'
  | 'card_not_accepted'
  | 'card_unreadable';

export type ApprovalFailure =
  | Interrupted
  | 'declined_by_card'
  | 'online_required'
  | 'card_blocked'
  | 'card_not_accepted'
  | 'card_unreadable';

/** What goes to the issuer. The sensitive parts stay the terminal's: they are wiped when the payment ends. */
export type OnlineRequest = {
  entry: CardEntry;
  token: string;
  card: SettlementCard;
  /** The content of field 55; null for a stripe. */
  chipData: Uint8Array | null;
  pin: OnlinePin | null;
};

/** What came of a payment at the issuer, as the card took it. */
export type Completed = { isApproved: boolean; evidence: CardEvidence; mustReverse: boolean };

/** The card as clearing wants it; CardData of the terminal. */
export type SettlementCard = {
  pan: CardData;
  track2: CardData | undefined;
  sequenceNumber: number | undefined;
  /** `YYYY-MM`. */
  expiry: string;
};

/** What a later step seals for settlement; it is wiped with the payment, so it is copied or sealed before. */
export type SettlementData = {
  entry: CardEntry;
  token: string;
  card: SettlementCard;
  chipData: Uint8Array | null;
  responseCode: string | null;
};

export type ReadAnswer = Outcome<{ card: CardFacts }, ReadFailure>;
export type ValidateAnswer = Outcome<{ card: CardFacts }, ValidationFailure | ReadFailure>;
export type VerifyAnswer = Outcome<{ verification: Verification }, VerificationFailure>;
export type ApproveAnswer = Outcome<{ evidence: CardEvidence }, ApprovalFailure>;
export type PrepareAnswer = Outcome<
  { request: OnlineRequest },
  Exclude<ApprovalFailure, 'online_required'> | 'approved_by_card'
>;
export type CompleteAnswer = Outcome<Completed, Interrupted | 'not_prepared' | 'card_unreadable'>;
export type IssuerAnswer = AuthorisationAnswer;

/** A card that was read, and what can be done with it; each step does those before it that were left out. */
export type CardSession = {
  readonly facts: CardFacts;
  /** Whether the payment has come to its outcome, so that nothing but a receipt is still to come. */
  readonly isSettled: boolean;
  validate(use: StepUse): Promise<Outcome<object, ValidationFailure>>;
  verify(use: StepUse): Promise<VerifyAnswer>;
  approve(use: StepUse): Promise<ApproveAnswer>;
  prepareOnline(use: StepUse): Promise<PrepareAnswer>;
  completeOnline(answer: IssuerAnswer, use: StepUse): Promise<CompleteAnswer>;
  settlement(): SettlementData | undefined;
  /** Breaks off what is open, lets go of the card, and wipes everything. Twice does nothing. */
  end(): Promise<{ mustReverse: boolean }>;
};

/** An amount that is left out is the one that was known before. */
export type StepUse = { amountMinor?: bigint | undefined; signal: AbortSignal };
