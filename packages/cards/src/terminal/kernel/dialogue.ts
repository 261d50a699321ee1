/**
 * What a kernel says to the outside and hears from it. A kernel is a generator that yields questions and is given
 * answers; it waits for nothing itself, so a driver, a workflow function or a test moves it. Each kind of question has
 * its own answers, and {@link ask} holds them together.
 */
import { assert } from '@holdfast/base';
import type { Command } from '../../apdu/command.ts';
import type { Response } from '../../apdu/response.ts';
import type { CardData } from '../../card-data.ts';
import type { PaymentChanges, Progress } from './checkpoint.ts';

/** An application that the cardholder may choose, by the name that the card gives it. */
export type ApplicationChoice = { aid: Uint8Array; label: string };

/** The key under which a PIN pad enciphers a PIN for the card, with the challenge that goes into it (EMV Book 2 7). */
export type PinEncipherment = { modulus: Uint8Array; exponent: Uint8Array; challenge: Uint8Array };

/** What goes to the issuer. The receiver wipes the card data. */
export type AuthorisationRequest = {
  /** The content of field 55: TLV without card number and track. */
  chipData: Uint8Array;
  pan: CardData;
  track2: CardData | undefined;
  sequenceNumber: number | undefined;
};

/** What the issuer answered. `arc` is the Authorisation Response Code, two characters; `scripts` holds tags 71 and 72. */
export type AuthorisationAnswer = {
  kind: 'answered';
  arc: string;
  isApproved: boolean;
  issuerAuthenticationData?: Uint8Array | undefined;
  scripts?: Uint8Array | undefined;
};

/** Every question by its name, with what it says and what may be answered. */
type Dialogue = {
  transmit: { says: { command: Command | Uint8Array }; hears: { kind: 'response'; response: Response } };
  choose_application: {
    says: { choices: readonly ApplicationChoice[] };
    hears: { kind: 'chosen'; index: number };
  };
  /**
   * The block is for the card: format 2 in clear, or enciphered where `encipherment` is given. The kernel wipes it.
   * `presented`: the PIN pad gave the PIN to the card by itself, after a GET CHALLENGE of its own if it enciphered it,
   * and this is the status word of the card.
   */
  offline_pin: {
    says: { triesLeft: number | undefined; encipherment: PinEncipherment | undefined };
    hears:
      | { kind: 'entered'; block: CardData }
      | { kind: 'presented'; sw: number }
      | { kind: 'bypassed' | 'pad_not_working' };
  };
  /** The enciphered block stays outside, and goes into the request to the issuer. */
  online_pin: {
    says: { pan: CardData };
    hears: { kind: 'captured' | 'bypassed' | 'pad_not_working' };
  };
  /** Only where the setting asks for it. */
  checkpoint: { says: { progress: Progress }; hears: { kind: 'go_on'; changes: PaymentChanges } };
  authorise: { says: AuthorisationRequest; hears: AuthorisationAnswer | { kind: 'unreachable' } };
};

type Kind = keyof Dialogue;
/** A question to the outside; `ask` names it. */
export type Question<K extends Kind = Kind> = { [Name in K]: { ask: Name } & Dialogue[Name]['says'] }[K];
/** An answer; `to` names the question. */
export type Answer<K extends Kind = Kind> = { [Name in K]: { to: Name } & Dialogue[Name]['hears'] }[K];

/** A part of a kernel: asks what it needs and returns its result. */
export type Flow<T> = Generator<Question, T, Answer>;

/** Asks one question and returns its answer. */
export function* ask<K extends Kind>(question: Question & { ask: K }): Flow<Answer & { to: K }> {
  const answer = yield question;
  assert(answer.to === question.ask, 'an answer belongs to the question that was asked');
  // The names were compared just before, which the compiler cannot carry over to the type parameter.
  return answer as Answer & { to: K };
}

/** Sends a command to the card, or bytes of an issuer that are passed on unread. */
export function* transmit(command: Command | Uint8Array): Flow<Response> {
  const answer = yield* ask({ ask: 'transmit', command });
  return answer.response;
}
