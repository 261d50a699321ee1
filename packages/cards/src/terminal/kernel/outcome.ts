/** How a payment at the chip ended. Nothing in it is sensitive but what is CardData, which the caller wipes. */
import type { CardData } from '../../card-data.ts';
import type { CryptogramType } from '../cryptogram-information.ts';

/** Who the card is, as far as it was read. The card data are the caller's to wipe. */
export type CardIdentity = {
  aid: Uint8Array;
  label: string;
  pan: CardData;
  track2: CardData | undefined;
  sequenceNumber: number | undefined;
  /** Tag 5F24, YYMMDD. */
  expirationDate: Uint8Array;
};

/** What stands on the receipt and goes into clearing. Byte fields are those of their tags. */
export type Evidence = {
  card: CardIdentity;
  /** Authorisation Response Code, tag 8A: of the issuer, or Y1, Z1, Y3, Z3 of the terminal. */
  arc: string;
  cryptogramType: CryptogramType;
  /** Tag 9F26. */
  cryptogram: Uint8Array;
  /** Tag 9F36. */
  atc: number;
  tvr: Uint8Array;
  tsi: Uint8Array;
  cvmResults: Uint8Array;
  isSignatureRequired: boolean;
  /** The content of field 55 as it stands at the end. */
  chipData: Uint8Array;
  /** Five bytes for each issuer script. */
  scriptResults: readonly Uint8Array[];
};

/** Why a payment ended without an answer of the card. */
export type Termination =
  | 'card_removed'
  | 'cancelled'
  | 'card_blocked'
  | 'no_application'
  | 'service_not_allowed'
  | 'use_chip'
  | 'amount_over_limit'
  /** Of a tap, after the card was told the amount: it needs another tap. */
  | 'amount_changed'
  | 'card_error';

export type Outcome =
  | {
      kind: 'approved' | 'declined';
      how: 'offline' | 'online';
      evidence: Evidence;
      /** The issuer approved what the card then declined: a reversal must be sent. */
      mustReverse: boolean;
    }
  | {
      kind: 'terminated';
      reason: Termination;
      /** The magnetic stripe may be read instead: the chip gave out before an application was opened. */
      isFallbackAllowed: boolean;
      mustReverse: boolean;
    };
