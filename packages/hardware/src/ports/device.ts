/**
 * What all devices have in common. A device is a thing outside of the process: it may be gone, busy, or in want of a
 * person, and an answer of it may never arrive. So an order ends in one of three ways, and "nobody knows" is one.
 */

/** Kinds of devices, as people call them. */
export const DEVICE_KINDS = [
  'card_reader',
  'pin_pad',
  'receipt_printer',
  'customer_display',
  'merchant_display',
  'cash_drawer',
  'scale',
  'barcode_scanner',
  'secure_element',
  'cash_dispenser',
] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** How a device is, for screens, the readiness check and metrics. */
export type DeviceStatus = {
  kind: DeviceKind;
  /** Name or address by which people find it. */
  name: string;
  state: 'ready' | 'busy' | 'attention' | 'gone';
  /** What is wrong and what to do, as a sentence; null while nothing is. */
  attention: string | null;
  /** What else it tells: notes in a cassette, paper left, counters. Names in snake_case. */
  facts: Readonly<Record<string, string | number | boolean>>;
};

/** Any device. */
export type Device = {
  readonly kind: DeviceKind;
  /** Asks it; never rejects, since a device that does not answer is `gone`. */
  status(signal?: AbortSignal): Promise<DeviceStatus>;
  /** Lets go of it. Orders under way end as `unknown` or `failed`. */
  close(): Promise<void>;
};

/**
 * What became of an order: it was done, it failed and nothing has happened, or nobody knows. `code` is stable and in
 * snake_case; `message` is a sentence that says what to do.
 */
export type Outcome<T, C extends string = string> =
  | ({ kind: 'done' } & T)
  | { kind: 'failed'; code: C; message: string }
  | { kind: 'unknown'; message: string };

/**
 * An order with its name: a device that has a memory does what is ordered twice by one name once. `signal` aborts when
 * nobody waits for the answer any more; the device then stops where it safely can.
 */
export type Order = { key: string; signal: AbortSignal };
