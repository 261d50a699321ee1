/** What a payment terminal is made of. */
import type { Ports } from '@holdfast/base';
import type { OfflineAuthenticator, TerminalProfile } from '@holdfast/cards';
import type { CardReader } from '../ports/card-reader.ts';
import type { PinPad } from '../ports/pin-pad.ts';
import type { SecureElement } from '../ports/secure-element.ts';
import type { Display } from '../ports/small-devices.ts';

/**
 * What is remembered of cards, by their tokens alone. Both are asked while a card waits, so they answer at once; the
 * host writes a payment down in the commit that takes the sale.
 */
export type CardRisk = {
  /** Minor units of what the card paid here last, against sales that are split to stay below the floor limit. */
  lastAmount(token: string, currency: string): bigint | undefined;
  /** Whether the card is on the list of those that must not be taken. */
  isListed(token: string): boolean;
};

/** Rules for stripes. Minor units of the currency of the terminal. */
export type StripeRules = {
  /** From here on the issuer must be asked. */
  floorLimit: bigint;
  /** The stripe of a card whose chip gave out is taken, and then only online. */
  acceptsFallback: boolean;
};

export type PaymentTerminalOptions = {
  reader: CardReader;
  pinPad?: PinPad | undefined;
  secureElement: SecureElement;
  /** What the customer sees. */
  display?: Display | undefined;
  profile: TerminalProfile;
  authenticator: OfflineAuthenticator;
  risk: CardRisk;
  stripe: StripeRules;
  /** Whether an issuer can be asked now. */
  canGoOnline(): boolean;
  /** Asks the customer which application of the card to use: an index, undefined to break off. The first unless given. */
  choose?: ((labels: readonly string[], signal: AbortSignal) => Promise<number | undefined>) | undefined;
  /** ISO 4217; the limits are in it. */
  currency: string;
  /** IANA name: by it a card expires. */
  timeZone: string;
  locale: string;
  ports: Ports;
};
