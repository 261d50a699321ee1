/** What a product of an issuer is: the data by which simulated cards differ, without any number of a person. */
import type { CryptogramVersion } from '@holdfast/cards';

/** How a card proves that it is genuine. */
export type AuthenticationMethod = 'cda' | 'dda' | 'sda' | 'none';

/** What a rule of the card's list asks for, in the order of the issuer's wish. */
export type HolderMethod = 'plain_pin' | 'enciphered_pin' | 'online_pin' | 'signature' | 'no_cvm';

/** When a card wants its issuer to be asked, and when it declines by itself. */
export type RiskRules = {
  /** `online_only` never approves by itself, `offline_only` never asks. */
  mode: 'offline_first' | 'online_only' | 'offline_only';
  /** Payments in a row without the issuer: above the lower limit the card wants to go online, above the upper it must. */
  lowerLimit: number;
  upperLimit: number;
  /** A card that was never online wants to be. */
  newGoesOnline: boolean;
  /** So does one that pays in a currency that is not its own. */
  foreignGoesOnline: boolean;
};

/** One application of a card. */
export type ApplicationProduct = {
  /** What follows the identifier of the scheme in the application's name, hexadecimal. */
  pix: string;
  label: string;
  /** 1 is the first choice. */
  priority: number;
  /** Tags 9F08 and 9F09, hexadecimal. */
  applicationVersion: string;
  cryptogramVersion: Exclude<CryptogramVersion, 'interac_133'>;
  authentication: AuthenticationMethod;
  /** How the issuer's answer reaches the card: by a command of its own, or within the data of the second cryptogram. */
  issuerAuthentication: 'command' | 'in_cdol2';
  holder: readonly HolderMethod[];
  risk: RiskRules;
  /** By tapping: the cryptogram comes with the processing options, or is asked for; absent for no antenna. */
  tap?: 'quick' | 'generate_ac';
};

/** What a card is like on the outside, or what somebody did to it. */
export type CardDefect =
  | 'expired'
  | 'not_yet_effective'
  /** Signed by another issuer than its certificates say. */
  | 'forged'
  /** Its issuer's certificate was called back. */
  | 'revoked_issuer'
  | 'card_blocked'
  | 'application_blocked'
  | 'pin_blocked'
  | 'dead_chip'
  | 'slow_chip'
  | 'damaged_stripe';

export type CardProduct = {
  /** Stable: names the card in controls, tests and the memory of a wallet. */
  id: string;
  /** What stands before the PIN on its label. */
  name: string;
  issuer: IssuerName;
  /** Digits of its PIN as issuers of test cards publish them; absent for none. */
  pin?: string;
  serviceCode: string;
  /** None for a card with nothing but a stripe. */
  applications: readonly ApplicationProduct[];
  /** It was issued abroad, in another currency. */
  isForeign?: true;
  /** It was never used. */
  isNew?: true;
  defect?: CardDefect;
};

/** A country and its currency: numeric ISO 3166 and ISO 4217, two packed bytes each. */
export type Home = { country: Uint8Array; currency: Uint8Array };

/** The issuers of the test scheme, by what the numbers of their cards begin with. */
export const ISSUERS = {
  visa: { bin: '476173', digits: 16 },
  mastercard: { bin: '541333', digits: 16 },
  amex: { bin: '374245', digits: 15 },
  maestro: { bin: '679999', digits: 16 },
  /** Its certificate is on the list of those that were called back. */
  revoked: { bin: '476174', digits: 16 },
} as const satisfies Record<string, { bin: string; digits: number }>;
export type IssuerName = keyof typeof ISSUERS;
