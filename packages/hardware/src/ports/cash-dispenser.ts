/**
 * Cash dispensers. One has a memory of its own that outlives a power cut: the last order with what became of it, and the
 * counters of its cassettes. An order is written down there before a note moves, so that whoever crashed can ask.
 */
import type { Device, Order, Outcome } from './device.ts';

/** Notes of one denomination; `denominationMinor` in minor units of `currency` (ISO 4217). */
export type Cassette = {
  slot: number;
  currency: string;
  denominationMinor: bigint;
  notes: number;
  state: 'ready' | 'low' | 'empty' | 'jammed' | 'missing';
};

/** How many notes of which cassette. */
export type NoteCount = { slot: number; notes: number };

/**
 * What a dispense came to. Notes are `presented` in the shutter, then `taken` by the customer or `retracted` into the
 * reject bin; `rejected` ones never left the machine. `dispensedMinor` is what the customer has.
 */
export type Dispensed = {
  dispensedMinor: bigint;
  taken: readonly NoteCount[];
  retracted: readonly NoteCount[];
  rejected: readonly NoteCount[];
  /** Fewer than ordered left the machine. */
  isShort: boolean;
};

export type DispenseFailure =
  | 'dispenser_unavailable'
  | 'dispenser_empty'
  | 'dispenser_jammed'
  | 'amount_not_dispensable';

export type CashDispenser = Device & {
  readonly kind: 'cash_dispenser';
  /** Pays out; ends when the notes were taken or retracted. A key that was used before gives what became of it. */
  dispense(
    order: Order & { amountMinor: bigint; currency: string },
  ): Promise<Outcome<Dispensed, DispenseFailure>>;
  /** What became of an order; `not_done` if this machine has never begun it. */
  find(key: string): Promise<Outcome<Dispensed, DispenseFailure | 'not_done'>>;
  cassettes(): Promise<readonly Cassette[]>;
};
