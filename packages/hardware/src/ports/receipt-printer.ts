/** Receipt printers of the ESC/POS family. They have no memory: what was printed before a power cut, nobody can ask. */
import type { Device, Order, Outcome } from './device.ts';

export type PrintFailure = 'printer_unavailable' | 'paper_out' | 'cover_open' | 'printer_error';

export type ReceiptPrinter = Device & {
  readonly kind: 'receipt_printer';
  /** Columns of a line in the normal font. */
  readonly width: 32 | 42 | 48;
  /**
   * Prints a job. `done`: the printer has said that it is through with it. `failed`: nothing of it is on paper.
   * `unknown`: some of it may be, as when the paper ended in the middle; the same job again is a copy.
   */
  print(order: Order & { bytes: Uint8Array }): Promise<Outcome<object, PrintFailure>>;
};

/** A drawer hangs on the printer, or on a line of its own. */
export type CashDrawer = Device & {
  readonly kind: 'cash_drawer';
  open(order: Order): Promise<Outcome<object, PrintFailure | 'drawer_stuck'>>;
  /** Null where the drawer has no switch. */
  isOpen(): Promise<boolean | null>;
};
