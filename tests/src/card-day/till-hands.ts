/**
 * One pair of hands before the devices of a till: it presents a card as a case of the table says, enters PINs as the pad
 * asks, and takes the card out when the customer's display says so. Everything goes through the controls of the
 * simulators, and what it knows is what a customer sees.
 */
import { must } from '@holdfast/base';
import type { EdgeComposition } from '@holdfast/edge';
import { operate, type Simulated } from '@holdfast/hardware';
import type { DayCase, Hand, Key } from './day-cases.ts';

export type TillHands = {
  /** Does what is due now; to be called again and again while a payment goes on. */
  move(): Promise<void>;
  /** Takes the card along; throws if it is in the reader and the display does not say so. */
  leave(): Promise<void>;
};

type Devices = Pick<EdgeComposition, 'context'>;
type Customer = {
  devices: Devices;
  card: string;
  hands: Hand[];
  keys: Key[];
  pinOf(key: 'right' | 'wrong'): string;
};

const ENTRIES = {
  ...{ insert: 'chip', dip: 'chip', pull: 'chip', swipe: 'magstripe' },
  ...{ tap: 'contactless', 'tap two': 'contactless' },
} as const satisfies Record<Hand['does'], string>;
/** The one that is held into the field together with the card of the case. */
const OTHER_CARD = 'amex-signature';
const TAKE_OUT = 'Please remove card';

/** A customer with the card of a case in hand. `pinOf` says which digits a right or a wrong PIN is. */
export function customerOf(
  { card, hands, keys }: DayCase,
  { devices, pinOf }: Pick<Customer, 'devices' | 'pinOf'>,
): TillHands {
  const customer = { devices, card, hands: [...hands], keys: [...keys], pinOf };
  return {
    async move() {
      if (seen(devices, 'pin_pad').asks !== null) await answerPad(customer);
      else if (isToTakeOut(devices)) await press(devices, 'card_reader', 'pull_out');
      else await present(customer);
    },
    async leave() {
      if (seen(devices, 'card_reader').card_in_slot === null) return;
      if (!isToTakeOut(devices)) throw new Error(`nobody tells the customer to take ${card}`);
      await press(devices, 'card_reader', 'pull_out');
    },
  };
}

/** Presses a button of a device; throws if it cannot be done. */
export async function press(
  devices: Devices,
  device: string,
  name: string,
  args: object = {},
): Promise<void> {
  const done = await operate(simulator(devices, device), { name, args });
  if (done.kind !== 'done') throw new Error(`${device} ${name}: ${JSON.stringify(done)}`);
}

/** What a person sees of a device. */
export function seen(devices: Devices, device: string) {
  return simulator(devices, device).snapshot();
}

function simulator({ context }: Devices, name: string): Simulated {
  return must(context.devices.simulated?.simulators[name], `the till has a ${name}`);
}

/** With no key left to press, the customer gives up. */
async function answerPad({ devices, keys, pinOf }: Customer): Promise<void> {
  const key = keys.shift() ?? 'cancel';
  if (key === 'cancel') await press(devices, 'pin_pad', 'cancel');
  else if (key === 'ok') await press(devices, 'pin_pad', 'press_ok');
  else if (key === 'pull') await press(devices, 'card_reader', 'pull_out');
  else await press(devices, 'pin_pad', 'enter_pin', { pin: pinOf(key) });
}

async function present({ devices, card, hands }: Customer): Promise<void> {
  const [hand] = hands;
  const { waits_for, card_in_slot, cards_in_field } = seen(devices, 'card_reader');
  const waitsFor = Array.isArray(waits_for) ? waits_for : [];
  if (hand === undefined || waitsFor.length === 0 || card_in_slot !== null) return;
  if (Array.isArray(cards_in_field) && cards_in_field.length > 0) return;
  const entry = ENTRIES[hand.does];
  // A card is tapped also where no tap is taken: nobody reads what the display does not offer.
  if (entry !== 'contactless' && !waitsFor.includes(entry)) return;
  hands.shift();
  await move(hand, { devices, card });
}

async function move(hand: Hand, { devices, card }: Pick<Customer, 'devices' | 'card'>): Promise<void> {
  const at = (name: string, args: object = { card }) => press(devices, 'card_reader', name, args);
  switch (hand.does) {
    case 'insert':
    case 'tap':
    case 'swipe':
      return await at(hand.does);
    case 'tap two':
      return await at('tap_two', { card, other: OTHER_CARD });
    case 'dip':
      await at('insert');
      return await at('pull_out', {});
    case 'pull':
      return await at('insert_and_pull', { card, commands: hand.after, loses_answer: hand.losesAnswer });
  }
}

function isToTakeOut(devices: Devices): boolean {
  if (seen(devices, 'card_reader').card_in_slot === null) return false;
  const { lines } = seen(devices, 'customer_display');
  return Array.isArray(lines) && lines.some((line) => String(line).trim() === TAKE_OUT);
}
