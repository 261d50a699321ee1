/**
 * Devices that steps of a workflow use, as whoever drives them offers them. Each call carries a key: a device that is
 * given the same key twice does its work once. A card payment belongs to the instance that read the card, and goes on
 * while its card is there.
 */
import type { JsonObject } from '@holdfast/workflow';

/** What became of a call: what the device gave, a failure after which nothing has happened, or that nobody knows. */
export type DeviceAnswer<T extends JsonObject> =
  | { kind: 'ok'; output: T }
  | { kind: 'failed'; code: string; message: string }
  /** `final`, of a question what became of it: the device will never be able to say. */
  | { kind: 'unknown'; message: string; final?: true };

/** `signal` aborts when nobody waits for the answer any more. */
export type DeviceCall = { key: string; instanceId: string; signal: AbortSignal };

/** What a reader tells of a card; the number itself stays with the reader. `card_expiry` is `YYYY-MM`. */
export type CardRead = {
  card_token: string;
  card_type: string;
  masked_pan: string;
  card_expiry: string;
  entry_mode: string;
};

/** How the cardholder was verified: `pin`, `online_pin`, `pin_and_signature`, `signature`, `device`, `none`. */
export type HolderVerified = { pin_verified: boolean; cardholder_verification?: string };

/** What the card's own approval leaves for the receipt; nothing where no card was asked. */
export type CardApproval = { card_payment?: JsonObject };

/** An amount as a decimal string with its ISO 4217 code. */
export type DeviceAmount = { amount: string; currency: string };

/** The same where the amount may not be known yet. */
export type DeviceAmountIfKnown = { amount: string | null; currency: string };

export type Hardware = {
  /** Waits for a card and reads it; one of `READ_FAILURES`. */
  readCard(call: DeviceCall & DeviceAmountIfKnown): Promise<DeviceAnswer<CardRead>>;
  /** Looks at the card that was read: is it genuine, valid, not barred; one of `VALIDATION_FAILURES`. */
  validateCard(call: DeviceCall & DeviceAmountIfKnown): Promise<DeviceAnswer<Record<string, never>>>;
  /** Verifies the cardholder as the card wants it; one of `VERIFICATION_FAILURES`. */
  verifyPin(
    call: DeviceCall & DeviceAmountIfKnown & { card_token: string },
  ): Promise<DeviceAnswer<HolderVerified>>;
  /** Has the card that was read approve by itself; one of `APPROVAL_FAILURES`. */
  approveOffline(call: DeviceCall & DeviceAmount): Promise<DeviceAnswer<CardApproval>>;
  /** The instance has ended: its payment is forgotten, and the terminal is free for the next one. */
  endPayment(instanceId: string): void;
  /** Prints; one of `PRINT_FAILURES`. `bytes` are ESC/POS, `text` is the same for a screen. */
  print(call: DeviceCall & { bytes: Uint8Array; text: string }): Promise<DeviceAnswer<Record<string, never>>>;
  /** What became of a print with that key; `not_done` when it was not printed. */
  findPrint(call: DeviceCall): Promise<DeviceAnswer<Record<string, never>>>;
  /** Gives out cash; one of `DISPENSE_FAILURES`. `dispensed` is what the customer has. */
  dispenseCash(call: DeviceCall & DeviceAmount): Promise<DeviceAnswer<{ dispensed: string }>>;
  /** What became of a dispense with that key; `not_done` when nothing was given out. */
  findDispense(call: DeviceCall & DeviceAmount): Promise<DeviceAnswer<{ dispensed: string }>>;
};

/** Each of them leaves everything as it was, but for what a card has counted. */
export const READ_FAILURES = [
  'no_card_reader',
  'card_unreadable',
  'card_removed',
  'cancelled',
  'reader_unavailable',
  'terminal_busy',
  'card_blocked',
  'card_not_accepted',
] as const;
export const VALIDATION_FAILURES = [
  'expired_card',
  'card_not_yet_valid',
  'card_not_authentic',
  ...READ_FAILURES,
] as const;
export const VERIFICATION_FAILURES = [
  'no_pin_pad',
  'wrong_pin',
  'pin_locked',
  'pin_bypassed',
  'verification_failed',
  'cancelled',
  'card_removed',
  'card_blocked',
  'card_not_accepted',
  'card_unreadable',
] as const;
export const APPROVAL_FAILURES = [
  'declined_by_card',
  'online_required',
  'cancelled',
  'card_removed',
  'card_blocked',
  'card_not_accepted',
  'card_unreadable',
] as const;
export const PRINT_FAILURES = [
  'no_printer',
  'printer_unavailable',
  'paper_out',
  'cover_open',
  'printer_error',
] as const;
export const DISPENSE_FAILURES = [
  'no_dispenser',
  'dispenser_unavailable',
  'dispenser_empty',
  'dispenser_jammed',
  'amount_not_dispensable',
  'cash_not_taken',
] as const;

/**
 * An edge without devices: a call fails with the code that says which one is missing. Without a reader there is no card to
 * be asked, so what a card could add to a token that came from elsewhere is nothing.
 */
export const noHardware: Hardware = {
  readCard: () => missing('no_card_reader', 'card reader'),
  validateCard: async () => ({ kind: 'ok', output: {} }),
  verifyPin: () => missing('no_pin_pad', 'PIN pad'),
  approveOffline: async () => ({ kind: 'ok', output: {} }),
  endPayment: () => undefined,
  print: () => missing('no_printer', 'printer'),
  findPrint: () => missing('not_done', 'printer'),
  dispenseCash: () => missing('no_dispenser', 'cash dispenser'),
  findDispense: () => missing('not_done', 'cash dispenser'),
};

function missing(code: string, what: string): Promise<DeviceAnswer<never>> {
  return Promise.resolve({ kind: 'failed', code, message: `This edge has no ${what}: connect one.` });
}
