/**
 * A till of simulated devices: what a demonstration and a test play a day with. Its cards, keys and serial numbers come
 * from one secret, so that the same till finds its devices again after a restart.
 */
import { assert, type Ports } from '@holdfast/base';
import { createAuthenticator, createCaKeys, fromHex, localDateAt } from '@holdfast/cards';
import { hmacSha256, Secret } from '@holdfast/crypto';
import { toMinor } from '@holdfast/money';
import { createPrinterDrawer } from '../escpos/printer-drawer.ts';
import type { DeviceMemory } from '../ports/device-memory.ts';
import type { Devices } from '../ports/devices.ts';
import type { ReceiptPrinter } from '../ports/receipt-printer.ts';
import { packedCurrency } from '../terminal/currency-numbers.ts';
import type { PaymentTerminalOptions } from '../terminal/terminal-options.ts';
import { terminalProfile } from '../terminal/terminal-profile.ts';
import { openCardMemory } from './card/memory-block.ts';
import type { Simulated } from './controls.ts';
import { createSimulatedDispenser } from './dispenser.ts';
import { createSimulatedDisplay } from './display.ts';
import { createSimulatedDrawer } from './drawer.ts';
import { createSimulatedPinPad } from './pin-pad.ts';
import { createSimulatedPrinter, type SimulatedPrinter } from './printer.ts';
import { createSimulatedReader } from './reader.ts';
import { createSimulatedScale } from './scale.ts';
import { createSimulatedScanner } from './scanner.ts';
import { createSimulatedSecureElement } from './secure-element.ts';
import { createWallet, type Wallet } from './wallet.ts';

export type SimulatedTillOptions = {
  /** At least 16 bytes; stays the caller's. */
  secret: Secret;
  /** The memory of a device, by its name; the same name is the same memory at the next start. */
  memoryOf(name: string): DeviceMemory;
  currency: string;
  /** Numeric ISO 3166, three digits. */
  country: string;
  timeZone: string;
  locale: string;
  /** Minor units. */
  floorLimit: bigint;
  printerWidth?: ReceiptPrinter['width'];
  ports: Ports;
  /** See the wallet; for tests. */
  modulusLengths?: { ca: number; issuer: number; icc: number };
  pinDigits?: number;
};

/** What a payment terminal needs beside the risk and the currency of its store. */
type TerminalParts = Pick<
  PaymentTerminalOptions,
  'reader' | 'pinPad' | 'secureElement' | 'display' | 'profile' | 'authenticator' | 'stripe'
>;

export type SimulatedTill = {
  devices: Devices & { printer: SimulatedPrinter };
  terminal: TerminalParts;
  wallet: Wallet;
  /** By the name under which a page shows them. */
  simulators: Readonly<Record<string, Simulated>>;
  close(): Promise<void>;
};

const NOTES_EACH = 500;
/** Notes that a cash machine holds, in whole units of the currency. */
const NOTES = [20n, 50n, 100n, 200n] as const;

/** Makes the devices; the keys of the cards take a second. */
export async function createSimulatedTill(options: SimulatedTillOptions): Promise<SimulatedTill> {
  const { ports, floorLimit, country } = options;
  const wallet = await walletOf(options);
  const caKeys = createCaKeys({ keys: wallet.caKeys, revoked: wallet.revoked });
  assert(caKeys.ok, 'the keys of a wallet are whole');
  const secureElement = await createSimulatedSecureElement({
    memory: options.memoryOf('secure-element'),
    sealingKey: keyOf(options.secret, 'sealing'),
    tokenKey: keyOf(options.secret, 'token'),
    pinKey: pinKeyOf(options.secret),
    random: ports.random,
  });
  const reader = createSimulatedReader({ timers: ports.timers, cards: wallet.cards });
  const pinPad = createSimulatedPinPad({ ...ports, secureElement });
  const display = createSimulatedDisplay();
  const small = smallDevices(options);
  const dispenser = await createSimulatedDispenser({
    memory: options.memoryOf('dispenser'),
    timers: ports.timers,
    cassettes: cassettesOf(options),
  });
  const profile = terminalProfile({
    country,
    applications: wallet.applications,
    floorLimit,
    contactless: contactlessOf(floorLimit),
    terminalId: 'SIMULATE',
    merchantId: 'SIMULATED',
  });
  const devices = {
    ...{ cardReader: reader, pinPad, secureElement, customerDisplay: display, dispenser },
    ...small.devices,
  };
  return {
    devices,
    terminal: {
      ...{ reader, pinPad, secureElement, display, profile },
      authenticator: createAuthenticator(caKeys.caKeys),
      stripe: { floorLimit, acceptsFallback: true },
    },
    wallet,
    simulators: {
      card_reader: reader,
      pin_pad: pinPad,
      customer_display: display,
      cash_dispenser: dispenser,
      ...small.simulators,
    },
    async close() {
      for (const device of Object.values(devices)) await device.close();
    },
  };
}

/** The printer with the drawer on its connector, and what stands beside it. */
function smallDevices({ ports, printerWidth: width }: SimulatedTillOptions) {
  const drawer = createSimulatedDrawer(ports);
  const printer = createSimulatedPrinter({
    ...ports,
    drawer: drawer.connector,
    ...(width !== undefined && { width }),
  });
  drawer.onMoved(() => printer.body.drawerMoved());
  const merchantDisplay = createSimulatedDisplay({ kind: 'merchant_display', lines: 4 });
  const [scale, scanner] = [createSimulatedScale(ports), createSimulatedScanner()];
  const drawerOnPrinter = createPrinterDrawer({ printer, timers: ports.timers, openLevel: 'high' });
  return {
    devices: { printer, drawer: drawerOnPrinter, merchantDisplay, scale, scanner },
    simulators: {
      printer,
      cash_drawer: drawer,
      merchant_display: merchantDisplay,
      scale,
      barcode_scanner: scanner,
    },
  };
}

async function walletOf(options: SimulatedTillOptions): Promise<Wallet> {
  const { ports, timeZone, country, currency, modulusLengths, pinDigits } = options;
  return createWallet({
    seed: keyOf(options.secret, 'wallet'),
    random: ports.random,
    today: localDateAt(ports.clock.nowMs(), timeZone),
    home: { country: fromHex(country.padStart(4, '0')), currency: packedCurrency(currency) },
    memory: await openCardMemory(options.memoryOf('cards')),
    ...(modulusLengths && { modulusLengths }),
    ...(pinDigits !== undefined && { pinDigits }),
  });
}

/** The first key for PINs of this element, named by the first bytes of what it comes from. */
function pinKeyOf(secret: Secret) {
  const name = keyOf(secret, 'pin key name').use((bytes) => bytes.slice(0, 8));
  const initialKey = keyOf(secret, 'pin key').use((bytes) => new Secret(bytes.subarray(0, 16)));
  return { scheme: 'aes', name, initialKey } as const;
}

/** 32 bytes for one purpose. */
function keyOf(secret: Secret, purpose: string): Secret {
  return secret.use((bytes) => new Secret(hmacSha256(bytes, `holdfast/simulated-till/1 ${purpose}`)));
}

/** A tap pays below the floor limit, without a PIN below half of it. */
function contactlessOf(floorLimit: bigint) {
  return { transactionLimit: floorLimit, cvmLimit: floorLimit / 2n, floorLimit };
}

function cassettesOf({ currency }: SimulatedTillOptions) {
  return NOTES.map((units, index) => ({
    slot: index + 1,
    currency,
    denominationMinor: toMinor(String(units), currency),
    notes: NOTES_EACH,
  }));
}
