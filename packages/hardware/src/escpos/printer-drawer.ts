/** A cash drawer on the connector of a receipt printer, which carries the pulse there and the switch back. */
import type { Timers } from '@holdfast/base';
import type { DrawerPulse } from '@holdfast/commerce';
import type { CashDrawer } from '../ports/receipt-printer.ts';
import type { EscPosPrinter } from './escpos-printer.ts';

/** A printer, and the drawer that hangs on it. */
export type PrinterDrawerOptions = {
  printer: EscPosPrinter;
  timers: Timers;
  /** The level at which the drawer is open, which makers have both ways; null where it has no switch. */
  openLevel: 'high' | 'low' | null;
  pulse?: DrawerPulse;
  name?: string;
};

/** How long a drawer takes to slide open, and how often it is looked at. */
const SLIDE_LOOKS = 5;
const SLIDE_LOOK_MS = 200;

/** `close` leaves the printer alone. */
export function createPrinterDrawer(options: PrinterDrawerOptions): CashDrawer {
  const { printer, timers, openLevel, pulse, name = 'drawer' } = options;
  const isOpen = async (signal?: AbortSignal): Promise<boolean | null> => {
    if (openLevel === null) return null;
    const level = await printer.drawerPin(signal);
    return level === null ? null : level === openLevel;
  };
  return {
    kind: 'cash_drawer',
    isOpen: () => isOpen(),
    async open(order) {
      const kicked = await printer.kickDrawer({ ...order, ...(pulse === undefined ? {} : { pulse }) });
      if (kicked.kind !== 'done' || openLevel === null) return kicked;
      for (let look = 0; look < SLIDE_LOOKS; look += 1) {
        const found = await isOpen(order.signal);
        if (found === true) return { kind: 'done' };
        if (found === null) return { kind: 'unknown', message: 'Look whether the drawer is open.' };
        await timers.sleep(SLIDE_LOOK_MS, order.signal);
      }
      return {
        kind: 'failed',
        code: 'drawer_stuck',
        message: 'The drawer does not open: unlock it, or take out what keeps it.',
      };
    },
    async status(signal) {
      const status = await printer.status(signal);
      const found = status.state === 'gone' ? null : await isOpen(signal);
      const facts: Record<string, boolean> = found === null ? {} : { is_open: found };
      const { attention, state } = status;
      return { kind: 'cash_drawer', name, state, attention, facts };
    },
    close: () => Promise.resolve(),
  };
}
