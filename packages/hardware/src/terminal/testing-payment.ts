/** A payment terminal for tests: a reader that is told what is presented, a simulated PIN pad, cards of the wallet. */
import { must, type VirtualPorts } from '@holdfast/base';
import { createAuthenticator, createCaKeys, type OfflineAuthenticator } from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import type { CardLink, CardReader, EntryMode, Presented } from '../ports/card-reader.ts';
import type { SecureElement } from '../ports/secure-element.ts';
import type { Display } from '../ports/small-devices.ts';
import type { Chip } from '../simulated/card/chip.ts';
import { operate } from '../simulated/controls.ts';
import { ramMemory } from '../simulated/device-memory.ts';
import { createSimulatedPinPad, type SimulatedPinPad } from '../simulated/pin-pad.ts';
import { createSimulatedSecureElement } from '../simulated/secure-element.ts';
import { testWallet } from '../simulated/testing-terminal.ts';
import type { Wallet } from '../simulated/wallet.ts';
import { virtualTime } from '../testing-time.ts';
import { createPaymentTerminal, type PaymentTerminal } from './payment-terminal.ts';
import type { PaymentCall } from './payment-types.ts';
import type { PaymentTerminalOptions } from './terminal-options.ts';
import { terminalProfile } from './terminal-profile.ts';

/** How a card of the wallet is presented, or what happens instead. */
export type Presenting =
  | { card: string; via?: EntryMode; pullAfter?: number }
  | Extract<Presented, { kind: 'unreadable' | 'collision' | 'gone' }>;

export type TestReader = CardReader & {
  readonly queue: Presenting[];
  /** The entries of each wait. */
  readonly waits: (readonly EntryMode[])[];
  /** Commands of the card that is in now. */
  commands: number;
  pull(): void;
};

/** A reader that presents what is in its queue, and else waits until nobody waits any more. */
function testReader(wallet: Wallet): TestReader {
  let pulled = new AbortController();
  const reader: TestReader = {
    kind: 'card_reader',
    entries: ['chip', 'contactless', 'magstripe'],
    queue: [],
    waits: [],
    commands: 0,
    pull: () => pulled.abort(),
    async present({ entries, signal }) {
      reader.waits.push(entries);
      const next = reader.queue.shift();
      if (next === undefined) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { kind: 'aborted' };
      }
      if ('kind' in next) return next;
      const card = must(wallet.card(next.card), 'the wallet has the card');
      const { via = 'chip', pullAfter = Number.POSITIVE_INFINITY } = next;
      if (via === 'magstripe') return { kind: 'magstripe', tracks: card.swipe() };
      const chip = card.powerUp(via === 'chip' ? 'contact' : 'contactless');
      if (chip === undefined) return { kind: 'unreadable', entry: via };
      pulled = new AbortController();
      reader.commands = 0;
      return { kind: via, link: linkOf(chip, { pulled, pullAfter, count: () => (reader.commands += 1) }) };
    },
    cleared: async () => undefined,
    status: async () => ({ kind: 'card_reader', name: 'test', state: 'ready', attention: null, facts: {} }),
    close: async () => undefined,
  };
  return reader;
}

function linkOf(
  chip: Chip,
  { pulled, pullAfter, count }: { pulled: AbortController; pullAfter: number; count(): number },
): CardLink {
  return {
    removed: pulled.signal,
    async transmit(command) {
      if (count() > pullAfter) pulled.abort();
      if (pulled.signal.aborted) return { kind: 'removed' };
      return { kind: 'answer', response: await chip.transmit(command.slice()) };
    },
    release: async () => undefined,
  };
}

export type TestWorldOptions = Partial<PaymentTerminalOptions> & {
  wallet?: Wallet;
  floorLimit?: bigint;
  isOnline?: boolean;
  isAtm?: boolean;
};

export type TestWorld = {
  wallet: Wallet;
  ports: VirtualPorts;
  reader: TestReader;
  pad: SimulatedPinPad;
  terminal: PaymentTerminal;
  /** Tokens of cards that must not be taken, and what tokens paid last. */
  listed: Set<string>;
  lastAmounts: Map<string, bigint>;
  /** First lines of the customer's display. */
  shown: string[];
  /** All lines of it. */
  screens: (readonly string[])[];
  /** A call of an instance under a key of its own. */
  call(amountMinor?: bigint, instanceId?: string): PaymentCall & { amountMinor?: bigint };
  press(name: string): Promise<unknown>;
  enter(pin: string): Promise<unknown>;
  /** Lets promises run until the pad asks. */
  asked(): Promise<void>;
};

/** A shop in Sweden with a floor limit of 500.00, tapping up to 400.00 and without PIN below 200.00. */
export async function testWorld(options: TestWorldOptions = {}): Promise<TestWorld> {
  const { wallet = testWallet(), floorLimit = 50_000n, isOnline = false, isAtm = false, ...more } = options;
  const ports = virtualTime(11);
  // The cards of the wallet are good in November 2026.
  ports.jumpWallClock(Date.parse('2026-11-20T10:15:00Z') - ports.clock.nowMs());
  const secureElement = await elementOf(ports);
  const reader = testReader(wallet);
  const pad = createSimulatedPinPad({ ...ports, secureElement });
  const listed = new Set<string>();
  const lastAmounts = new Map<string, bigint>();
  const shown: string[] = [];
  const screens: (readonly string[])[] = [];
  const terminal = createPaymentTerminal({
    ...{ reader, pinPad: pad, secureElement, ports },
    display: displayOf(shown, screens),
    profile: terminalProfile({
      country: '752',
      applications: wallet.applications,
      floorLimit,
      contactless: { transactionLimit: 40_000n, cvmLimit: 20_000n, floorLimit },
      isAtm,
      terminalId: 'TERM0001',
      merchantId: 'MERCHANT',
    }),
    authenticator: authenticatorOf(wallet),
    risk: { lastAmount: (token) => lastAmounts.get(token), isListed: (token) => listed.has(token) },
    stripe: { floorLimit, acceptsFallback: true },
    canGoOnline: () => isOnline,
    ...{ currency: 'SEK', timeZone: 'Europe/Stockholm', locale: 'en-GB' },
    ...more,
  });
  const known = { listed, lastAmounts, shown, screens };
  return { wallet, ports, reader, pad, terminal, ...known, ...handsOf(pad, ports) };
}

async function elementOf({ random }: VirtualPorts): Promise<SecureElement> {
  const name = new Uint8Array(8).fill(3);
  return await createSimulatedSecureElement({
    memory: ramMemory(),
    sealingKey: new Secret(new Uint8Array(32).fill(1)),
    tokenKey: new Secret(new Uint8Array(32).fill(2)),
    pinKey: { scheme: 'aes', name, initialKey: new Secret(new Uint8Array(16).fill(4)) },
    random,
  });
}

function authenticatorOf(wallet: Wallet): OfflineAuthenticator {
  const caKeys = createCaKeys({ keys: wallet.caKeys, revoked: wallet.revoked });
  if (!caKeys.ok) throw new Error(caKeys.reason);
  return createAuthenticator(caKeys.caKeys);
}

function displayOf(shown: string[], screens: (readonly string[])[]): Display {
  const status = { kind: 'customer_display', name: '', state: 'ready', attention: null, facts: {} } as const;
  return {
    kind: 'customer_display',
    lines: 2,
    columns: 20,
    show: async (lines) => {
      shown.push(lines[0] ?? '');
      screens.push(lines);
      return { kind: 'done' };
    },
    status: async () => status,
    close: async () => undefined,
  };
}

function handsOf(
  pad: SimulatedPinPad,
  ports: VirtualPorts,
): Pick<TestWorld, 'call' | 'press' | 'enter' | 'asked'> {
  let key = 0;
  return {
    call: (amountMinor, instanceId = 'w-1') => {
      key += 1;
      const { signal } = new AbortController();
      return { instanceId, key: `k-${key}`, signal, ...(amountMinor !== undefined && { amountMinor }) };
    },
    press: (name) => operate(pad, { name }),
    enter: (pin) => operate(pad, { name: 'enter_pin', args: { pin } }),
    asked: async () => {
      for (let turn = 0; turn < 500 && pad.snapshot().asks === null; turn += 1) await ports.advance(0);
    },
  };
}
