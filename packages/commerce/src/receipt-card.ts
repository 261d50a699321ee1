/**
 * What a receipt may know of a card payment. The fields are those that the schemes' public receipt rules ask for (Visa,
 * Mastercard, American Express, Discover), and EMV Book 4 11.4, which wants the AID in hexadecimal on every receipt.
 * There is no room for a whole card number, an expiry date or a name of the cardholder: none of them may be printed.
 */
import { assert } from '@holdfast/base';

/** A card number of which the middle is gone (PCI DSS 3.5, PCI SSC FAQ 1091): both ends, and its length. */
export type ReceiptCardNumber = {
  /** At most eight digits of a number of 16 digits or more, six of a shorter one. */
  readonly first: string;
  /** At most four digits. */
  readonly last: string;
  readonly length: number;
};

/** How the card was read. `fallback` is the stripe of a card whose chip could not be read. */
export type CardEntryMode = 'chip' | 'contactless' | 'magstripe' | 'fallback' | 'manual';

/** How the cardholder was verified; `device` is what the phone or watch did (CDCVM). */
export type CardholderVerification = 'pin' | 'signature' | 'pin_and_signature' | 'device' | 'none';

/** What came of it. A response code is tag 8A as two characters: `00`, `51`, or of the terminal `Y1`, `Y3`, `Z1`, `Z3`. */
export type CardOutcome =
  | { kind: 'approved'; authorisation_code: string; response_code: string | null }
  /** By the card and the terminal, or by the rules of the store; the issuer has not been asked yet. */
  | { kind: 'approved_offline'; response_code: string | null }
  /** The reason is never left out: the schemes want it on paper, and its code is understood by everyone's help desk. */
  | { kind: 'declined'; response_code: string }
  | { kind: 'cancelled' };

/** What the chip left behind. Values are hexadecimal, in capitals. */
export type CardChipData = {
  /** Tag 4F, 84 or 9F06. */
  application_id: string;
  /** Tag 95. */
  tvr: string | null;
  /** Tag 9B. */
  tsi: string | null;
  /** Tag 9F26 with what tag 9F27 calls it. */
  cryptogram: { type: 'TC' | 'ARQC' | 'AAC'; value: string } | null;
  /** Tag 9F36. */
  transaction_counter: string | null;
  /** Tag 9F10. */
  issuer_application_data: string | null;
};

/** A payment in the currency of the card, as the cardholder chose it. */
export type CardConversion = {
  currency: string;
  amount_minor: bigint;
  /** Exact decimal: one unit of the payment's currency in this one. */
  rate: string;
  /** RFC 3339, in UTC; null where the source does not say. */
  rate_at: string | null;
  /** Who made the rate; null where it is the store. */
  provider: string | null;
  /** Exact decimal of what the rate lies above its reference, in per cent. */
  markup_percent: string | null;
  /** Exact decimal of what rounding added (or, below zero, took), in units of `currency`. */
  rounding: string | null;
};

/** One payment, refund, void or withdrawal with a card. */
export type CardPayment = {
  transaction: 'purchase' | 'refund' | 'void' | 'cash';
  outcome: CardOutcome;
  /** What the card is charged, or credited, tip included. */
  amount_minor: bigint;
  /** ISO 4217. */
  currency: string;
  /** Part of `amount_minor`; `ask` prints a line to write a tip and a total on; null where tips are not a matter. */
  tip: { kind: 'given'; amount_minor: bigint } | { kind: 'ask' } | null;
  /** Application Preferred Name or Label (tags 9F12, 50); the brand where there was no chip. */
  application_label: string;
  /** Null where no card was read before it was cancelled. */
  card_number: ReceiptCardNumber | null;
  entry_mode: CardEntryMode | null;
  verification: CardholderVerification;
  chip: CardChipData | null;
  conversion: CardConversion | null;
  terminal_id: string;
  merchant_id: string;
  /** System trace audit number (ISO 8583 field 11). */
  stan: string | null;
  /** Retrieval reference number (field 37), or the store's own. */
  reference: string | null;
  /** Reference of what is refunded or voided. */
  original_reference: string | null;
};

const FIRST_MAX = 8;
const FIRST_OF_SHORT_MAX = 6;
const SHORT_BELOW = 16;
const LAST_MAX = 4;
const LENGTH_MIN = 8;
const LENGTH_MAX = 19;
const HIDDEN_MIN = 4;
const MASK = '*';

const DECIMAL = /^-?\d{1,20}(?:\.\d{1,20})?$/;
const DIGITS = /^\d*$/;
const HEX = /^(?:[0-9A-F]{2})+$/;

/** Asserts what {@link faultOfCardPayment} looks for. */
export function assertCardPayment(payment: CardPayment): void {
  const fault = faultOfCardPayment(payment);
  assert(fault === undefined, fault ?? '');
}

/**
 * What is wrong with a payment that the types cannot say: above all that more of a card number is there than may be
 * printed. A sentence; undefined where it may be printed.
 */
export function faultOfCardPayment({
  amount_minor,
  card_number,
  chip,
  conversion,
  tip,
}: CardPayment): string | undefined {
  if (amount_minor < 0n) return 'the amount of a card payment is not below zero';
  if (tip?.kind === 'given' && (tip.amount_minor < 0n || tip.amount_minor > amount_minor))
    return 'a tip is part of the amount';
  const decimals = conversion && [conversion.rate, conversion.markup_percent, conversion.rounding];
  if (decimals?.some((decimal) => decimal !== null && !DECIMAL.test(decimal)))
    return 'a conversion is told in plain decimal numbers';
  return (card_number && faultOfNumber(card_number)) ?? (chip && faultOfChip(chip)) ?? undefined;
}

/** The number in its width, with a mask for each digit that is not shown; the customer sees the end of it alone. */
export function maskedNumber(number: ReceiptCardNumber, audience: 'customer' | 'merchant'): string {
  const first = audience === 'merchant' ? number.first : '';
  return first + MASK.repeat(number.length - first.length - number.last.length) + number.last;
}

function faultOfNumber({ first, last, length }: ReceiptCardNumber): string | undefined {
  const firstMax = length < SHORT_BELOW ? FIRST_OF_SHORT_MAX : FIRST_MAX;
  if (!DIGITS.test(first) || !DIGITS.test(last)) return 'the ends of a truncated card number are digits';
  if (!Number.isInteger(length) || length < LENGTH_MIN || length > LENGTH_MAX)
    return 'a card number has 8 to 19 digits';
  const isTruncated =
    first.length <= firstMax && last.length <= LAST_MAX && first.length + last.length <= length - HIDDEN_MIN;
  return isTruncated ? undefined : 'a card number on a receipt has to be truncated';
}

function faultOfChip({ application_id, tvr, tsi, cryptogram, ...rest }: CardChipData): string | undefined {
  return (
    faultOfHex(application_id, 5, 16) ??
    faultOfHex(tvr, 5, 5) ??
    faultOfHex(tsi, 2, 2) ??
    faultOfHex(cryptogram?.value ?? null, 8, 8) ??
    faultOfHex(rest.transaction_counter, 2, 2) ??
    faultOfHex(rest.issuer_application_data, 1, 32)
  );
}

function faultOfHex(value: string | null, bytesMin: number, bytesMax: number): string | undefined {
  if (value === null) return undefined;
  const isRight = HEX.test(value) && value.length >= 2 * bytesMin && value.length <= 2 * bytesMax;
  return isRight
    ? undefined
    : `a field of the chip has ${bytesMin} to ${bytesMax} bytes in hexadecimal capitals`;
}
