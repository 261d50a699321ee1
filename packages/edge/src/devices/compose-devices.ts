/** The devices of an edge, by its options: none, a printer on the network, or a till of simulated ones. */
import { join } from 'node:path';
import { must, type Ports } from '@holdfast/base';
import { RECEIPT_WIDTHS } from '@holdfast/commerce';
import { hmacSha256, Secret } from '@holdfast/crypto';
import {
  createNetworkPrinter,
  createPaymentTerminal,
  createSimulatedTill,
  fileMemory,
  type PaymentTerminal,
  type ReceiptPrinter,
  type SimulatedTill,
} from '@holdfast/hardware';
import { toMinor } from '@holdfast/money';
import { ensureFolder } from '@holdfast/runtime';
import type { EdgeOptions } from '../config/options.ts';
import { createCardPayments } from '../store/card-payments.ts';
import type { Db } from '../store/open.ts';
import type { Hardware } from '../workflow/hardware-port.ts';
import { createHardware } from './hardware.ts';

/** What the devices of an edge are made of. */
export type DevicesInput = {
  options: EdgeOptions;
  ports: Ports;
  db: Db;
  /** The key of the store: those of simulated devices come from it. */
  storeKey: Uint8Array;
  /** Absolute; made if it is not there. */
  folder: string;
  currency: string;
  timeZone: string;
  /** Whether an issuer can be asked now. */
  canGoOnline(): boolean;
  /** For tests: PINs of another length, see the wallet. */
  pinDigits?: number;
};

/** The devices, and what a page operates of them. */
export type ComposedDevices = {
  hardware: Hardware;
  terminal: PaymentTerminal | undefined;
  simulated: SimulatedTill | undefined;
  close(): Promise<void>;
};

/** Names the use of the secret that simulated devices get; another use of the store's key has another. */
const PURPOSE = 'holdfast/edge-devices/1';

/**
 * The devices that the options name. A printer on the network goes before the simulated one. Without any, steps that want
 * a device fail with the code that names it.
 */
export async function composeDevices(input: DevicesInput): Promise<ComposedDevices> {
  const { options, currency } = input;
  const simulated = options.hardwareSimulated ? await simulatedTill(input) : undefined;
  const network = networkPrinter(input);
  const terminal = simulated && terminalOf(simulated, input);
  const printer = network ?? simulated?.devices.printer;
  return {
    hardware: createHardware({ terminal, printer, dispenser: simulated?.devices.dispenser, currency }),
    terminal,
    simulated,
    async close() {
      await terminal?.close();
      await simulated?.close();
      await network?.close();
    },
  };
}

async function simulatedTill(input: DevicesInput): Promise<SimulatedTill> {
  const { options, ports, folder, currency, timeZone, pinDigits } = input;
  await ensureFolder(folder);
  using secret = new Secret(hmacSha256(input.storeKey, PURPOSE));
  return await createSimulatedTill({
    secret,
    memoryOf: (name) => fileMemory(join(folder, name)),
    currency,
    country: options.country,
    timeZone,
    locale: options.locale,
    floorLimit: toMinor(options.floorLimit, currency),
    printerWidth: RECEIPT_WIDTHS[options.printerWidth],
    ports,
    ...(pinDigits !== undefined && { pinDigits }),
  });
}

function terminalOf({ terminal }: SimulatedTill, input: DevicesInput): PaymentTerminal {
  const { options, ports, db, currency, timeZone, canGoOnline } = input;
  const { lastAmount } = createCardPayments(db, () => ports.clock.nowMs());
  return createPaymentTerminal({
    ...terminal,
    risk: { lastAmount, isListed: () => false },
    canGoOnline,
    currency,
    timeZone,
    locale: options.locale,
    ports,
  });
}

function networkPrinter({ options, ports }: DevicesInput): ReceiptPrinter | undefined {
  if (options.printer === undefined) return undefined;
  const { hostname, port } = new URL(`tcp://${options.printer}`);
  return createNetworkPrinter({
    host: must(hostname === '' ? undefined : hostname.replace(/^\[|\]$/g, ''), 'the option was checked'),
    ...(port !== '' && { port: Number(port) }),
    width: RECEIPT_WIDTHS[options.printerWidth],
    timers: ports.timers,
    random: ports.random,
  });
}
