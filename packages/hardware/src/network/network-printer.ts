/** Receipt printers on the network: raw ESC/POS on a TCP port, as nearly all of them take it. */
import {
  createEscPosPrinter,
  type EscPosPrinter,
  type EscPosPrinterOptions,
} from '../escpos/escpos-printer.ts';
import { tcpLinks } from './tcp-link.ts';

/** The port of raw printing, by custom; 9101 and 9102 where a print server has more than one. */
const RAW_PORT = 9100;

export type NetworkPrinterOptions = Omit<EscPosPrinterOptions, 'open' | 'name'> & {
  host: string;
  port?: number;
  name?: string;
};

/** Nothing is connected before the first order. */
export function createNetworkPrinter(options: NetworkPrinterOptions): EscPosPrinter {
  const { host, port = RAW_PORT, name = `${host}:${port}`, ...printer } = options;
  return createEscPosPrinter({ ...printer, name, open: tcpLinks({ host, port }) });
}
