/** Receipt printers on a serial port. They speak as those on the network do. */
import {
  createEscPosPrinter,
  type EscPosPrinter,
  type EscPosPrinterOptions,
} from '../escpos/escpos-printer.ts';
import { type OpenSerial, type SerialSettings, serialLinks } from './serial-link.ts';

export type SerialPrinterOptions = Omit<EscPosPrinterOptions, 'open' | 'name'> & {
  port: SerialSettings;
  name?: string;
  open?: OpenSerial;
};

/** The printer on that port; for a drawer on it see `createPrinterDrawer`. */
export function createSerialPrinter(options: SerialPrinterOptions): EscPosPrinter {
  const { port, open, name = port.path, ...printer } = options;
  return createEscPosPrinter({ ...printer, name, open: serialLinks(port, open) });
}
