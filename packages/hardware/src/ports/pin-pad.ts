/**
 * PIN pads. The digits never leave one: it hands them to the card in a VERIFY command, or encrypts them for the issuer
 * under a key of its secure element. Nobody in the terminal compares a PIN with anything.
 */
import type { CardData } from '@holdfast/cards';
import type { CardLink } from './card-reader.ts';
import type { Device, Outcome } from './device.ts';

/** What the cardholder sees while asked. */
export type PinPrompt = { amount: string; currency: string; triesLeft: number | null; locale: string };

export type PinFailure = 'cancelled' | 'bypassed' | 'timed_out' | 'pin_pad_gone';

/** How the card wants to be told the PIN (EMV Book 3 6.5.12): in a block of format 2, or enciphered with its key. */
export type OfflinePinWay =
  | { kind: 'plain' }
  | { kind: 'enciphered'; modulus: Uint8Array; exponent: Uint8Array };

/** A PIN for the issuer: a block of ISO 9564 format 0 (TDES) or 4 (AES) under a DUKPT key. */
export type OnlinePin = { format: 0 | 4; pinBlock: Uint8Array; ksn: Uint8Array };

export type PinPad = Device & {
  readonly kind: 'pin_pad';
  /**
   * Asks for the PIN and gives it to the card; answers the card's status word. `card_error`: the card gave no challenge,
   * or its key is none, so that no PIN was given to it.
   */
  verifyWithCard(of: {
    prompt: PinPrompt;
    way: OfflinePinWay;
    link: CardLink;
    signal: AbortSignal;
  }): Promise<Outcome<{ statusWord: number }, PinFailure | 'card_removed' | 'card_error'>>;
  /** Asks for the PIN and encrypts it; `pan` is only for the block, and is not kept. */
  encryptForIssuer(of: {
    prompt: PinPrompt;
    pan: CardData;
    signal: AbortSignal;
  }): Promise<Outcome<OnlinePin, PinFailure | 'no_key'>>;
};
