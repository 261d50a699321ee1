/** What a kernel is told: the terminal, the applications it takes, one payment, and the functions it cannot have itself. */
import type { Random } from '@holdfast/base';
import type { Element } from '../../apdu/answers.ts';
import type { RsaPublicKey } from '../../cipher/rsa.ts';
import type { OdaRefusal } from '../../oda/refusal.ts';
import type { AuthenticatedRecord } from '../../oda/static-data.ts';
import type { ActionCodes } from '../action-analysis.ts';
import type { ContactlessLimits } from '../contactless-limits.ts';
import type { RestrictionSetting } from '../restrictions.ts';

/** One application that the terminal takes. Amounts are minor units of the payment's currency. */
export type ApplicationProfile = {
  /** 5 to 16 bytes; with `isPartial` every name that begins with it fits. */
  aid: Uint8Array;
  isPartial: boolean;
  /** Tag 9F09. */
  version: Uint8Array;
  floorLimit: bigint;
  actionCodes: ActionCodes;
  randomSelection?: { targetPercent: number; maximumPercent: number; threshold: bigint } | undefined;
  /** For a card that brings none (Book 2 6.5.1, Book 3 9.2.2). */
  defaultDdol?: Uint8Array | undefined;
  defaultTdol?: Uint8Array | undefined;
  contactless?: ContactlessLimits | undefined;
};

/** One terminal. */
export type TerminalProfile = {
  /** Tag 9F35. */
  terminalType: number;
  /** Tag 9F33. */
  capabilities: Uint8Array;
  /** Tag 9F40. */
  additionalCapabilities: Uint8Array;
  /** Tag 9F1A, numeric ISO 3166, two bytes. */
  country: Uint8Array;
  /** Ask a card for its directory before trying each name. */
  usesDirectory: boolean;
  /** Somebody can choose among applications; else the first one that needs no consent is taken. */
  hasApplicationChoice: boolean;
  applications: readonly ApplicationProfile[];
  /** Further elements of the terminal that cards ask for, such as 9F1E, 9F15, 9F1C, 9F4E. */
  elements: readonly Element[];
};

/** One payment. */
export type Payment = {
  /** Tag 9F02 in minor units, cashback included. */
  amount: bigint;
  /** Tag 9F03, the cashback. */
  otherAmount: bigint;
  /** Tag 5F2A, numeric ISO 4217, two bytes; tag 5F36. */
  currency: Uint8Array;
  currencyExponent: number;
  kind: RestrictionSetting['transaction'];
  /** Tag 9C. */
  transactionType: number;
  /** Tags 9A and 9F21, YYMMDD and HHMMSS of the terminal's zone. */
  date: Uint8Array;
  time: Uint8Array;
  /** Tag 9F41, up to eight digits. */
  sequenceCounter: number;
  isForcedOnline: boolean;
};

/** A card's elements as authentication sees them. `value` is by tag; the bytes must not be kept. */
export type CardView = {
  value(tag: string): Uint8Array | undefined;
  aid: Uint8Array;
  /** The answers that take part in offline authentication, in the order of the AFL, with their file (Book 3 10.3). */
  authenticatedRecords: readonly AuthenticatedRecord[];
  /** Tag 9A. */
  date: Uint8Array;
};

/** `elements`: what authentication found for the lists of the card and for the issuer, tags 9F45 and 9F4C. */
export type AuthenticationVerdict =
  | { ok: true; elements: readonly Element[] }
  | { ok: false; reason: OdaRefusal };

/** One GENERATE AC whose answer is signed. */
export type SignedCryptogram = {
  unpredictableNumber: Uint8Array;
  pdolData: Uint8Array;
  cdol1Data: Uint8Array;
  /** Of the second GENERATE AC only. */
  cdol2Data: Uint8Array | undefined;
  /** Tag 9F27 and tag 9F4B of the answer. */
  cryptogramInformation: number;
  signature: Uint8Array;
  /** What is in template 77 of the answer. */
  response: Uint8Array;
};

/** Offline data authentication (EMV Book 2 5 and 6), by whoever knows the keys of the schemes. */
export type OfflineAuthenticator = {
  verifyStatic(card: CardView): AuthenticationVerdict;
  verifyDynamic(
    card: CardView,
    signed: { ddolData: Uint8Array; signature: Uint8Array },
  ): AuthenticationVerdict;
  /** Whether the keys for CDA can be recovered, before the first GENERATE AC. */
  prepareCombined(card: CardView): AuthenticationVerdict;
  /** The cryptogram (tag 9F26) is among the elements, out of the signature over the information that is given. */
  verifyCombined(card: CardView, signed: SignedCryptogram): AuthenticationVerdict;
  /** The key for an enciphered PIN; undefined where it cannot be recovered. */
  recoverPinKey(card: CardView): RsaPublicKey | undefined;
};

/** What terminal risk management remembers; both are asked about a card number of ASCII digits. */
export type RiskMemory = {
  lastAmount(pan: Uint8Array, sequenceNumber: number | undefined): bigint | undefined;
  isOnExceptionList(pan: Uint8Array, sequenceNumber: number | undefined): boolean;
};

/** Everything that a kernel works with. */
export type KernelSetting = {
  terminal: TerminalProfile;
  payment: Payment;
  authenticator: OfflineAuthenticator;
  risk: RiskMemory;
  random: Random;
  /** Rest at each checkpoint until somebody says go on. */
  restsAtCheckpoints?: boolean;
};
