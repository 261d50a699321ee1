/** Secure elements: keys that can be used and not read. */
import type { CardData } from '@holdfast/cards';
import type { Device, Outcome } from './device.ts';

export type SecureElement = Device & {
  readonly kind: 'secure_element';
  /**
   * Encrypts a PIN under the next DUKPT key, which is then gone for ever: the counter is durable before the answer.
   * `no_key`: none was loaded, or its counter has come to its end.
   */
  encryptPin(of: {
    pin: CardData;
    pan: CardData;
  }): Promise<Outcome<{ format: 0 | 4; pinBlock: Uint8Array; ksn: Uint8Array }, 'no_key'>>;
  /** A token of a card number: the same for the same number at this merchant, and of no use without the key. */
  tokenOf(pan: CardData): Promise<string>;
};
