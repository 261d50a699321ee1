/**
 * Devices that steps of a workflow use, as whoever drives them offers them. Each call carries a key: a device that is
 * given the same key twice does its work once.
 */
import type { JsonObject } from '@holdfast/workflow';

/** What became of a call: what the device gave, a failure after which nothing has happened, or that nobody knows. */
export type DeviceAnswer<T extends JsonObject> =
  | { kind: 'ok'; output: T }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'unknown'; message: string };

/** `signal` aborts when nobody waits for the answer any more. */
export type DeviceCall = { key: string; signal: AbortSignal };

/** What a reader tells of a card; the number itself stays with the reader. `card_expiry` is `YYYY-MM`. */
export type CardRead = {
  card_token: string;
  card_type: string;
  masked_pan: string;
  card_expiry: string;
  entry_mode: string;
};

/** An amount as a decimal string with its ISO 4217 code. */
export type DeviceAmount = { amount: string; currency: string };

export type Hardware = {
  /** Reads a card; `no_card_reader`, `card_unreadable`, `card_removed`, `cancelled`. */
  readCard(call: DeviceCall): Promise<DeviceAnswer<CardRead>>;
  /** Asks for a PIN and lets the card verify it; `no_pin_pad`, `wrong_pin`, `pin_locked`, `cancelled`. */
  verifyPin(call: DeviceCall & { card_token: string }): Promise<DeviceAnswer<{ pin_verified: true }>>;
  /** Prints; `no_printer`, `printer_unavailable`, `paper_out`, `cover_open`. `bytes` are ESC/POS, `text` is the same for a screen. */
  print(call: DeviceCall & { bytes: Uint8Array; text: string }): Promise<DeviceAnswer<Record<string, never>>>;
  /** What became of a print with that key; `not_done` when it was not printed. */
  findPrint(call: DeviceCall): Promise<DeviceAnswer<Record<string, never>>>;
  /** Gives out cash; `no_dispenser`, `dispenser_empty`, `dispenser_jammed`. */
  dispenseCash(call: DeviceCall & DeviceAmount): Promise<DeviceAnswer<{ dispensed: string }>>;
  /** What became of a dispense with that key; `not_done` when nothing was given out. */
  findDispense(call: DeviceCall & DeviceAmount): Promise<DeviceAnswer<{ dispensed: string }>>;
};

/** An edge without devices: every call fails with the code that says which one is missing. */
export const noHardware: Hardware = {
  readCard: () => missing('no_card_reader', 'card reader'),
  verifyPin: () => missing('no_pin_pad', 'PIN pad'),
  print: () => missing('no_printer', 'printer'),
  findPrint: () => missing('not_done', 'printer'),
  dispenseCash: () => missing('no_dispenser', 'cash dispenser'),
  findDispense: () => missing('not_done', 'cash dispenser'),
};

function missing(code: string, what: string): Promise<DeviceAnswer<never>> {
  return Promise.resolve({ kind: 'failed', code, message: `This edge has no ${what}: connect one.` });
}
