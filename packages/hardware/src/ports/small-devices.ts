/** Displays, scales, scanners. */
import type { Device, Outcome } from './device.ts';

/** What a display shows: a few short lines, already in the language of who reads them. */
export type Display = Device & {
  readonly kind: 'customer_display' | 'merchant_display';
  readonly lines: number;
  readonly columns: number;
  /** Shows lines until others come; what is too long is cut at the edge of the display. */
  show(lines: readonly string[]): Promise<Outcome<object, 'display_gone'>>;
};

/** A weight as the scale states it; grams, exact. */
export type Weight = { grams: number; isTared: boolean };

export type Scale = Device & {
  readonly kind: 'scale';
  /** Waits for a weight that stands still. */
  weigh(of: {
    signal: AbortSignal;
  }): Promise<Outcome<Weight, 'scale_gone' | 'overloaded' | 'below_zero' | 'aborted'>>;
  tare(): Promise<Outcome<object, 'scale_gone' | 'in_motion'>>;
};

/** A code as it was read, with the name of its kind (`ean_13`, `qr`, `code_128`, …) where the scanner tells it. */
export type ScannedCode = { text: string; symbology: string | null };

export type BarcodeScanner = Device & {
  readonly kind: 'barcode_scanner';
  /** Calls `onCode` for each code until `signal` aborts. */
  listen(of: { signal: AbortSignal; onCode(code: ScannedCode): void }): void;
};
