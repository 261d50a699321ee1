/**
 * A simulated PIN pad. The digits go from its keys into a PIN block and nowhere else: the block goes to the card in a
 * VERIFY command, or leaves the secure element enciphered. What it shows is stars, of which nobody outside knows the number.
 */
import { assert, type Random, type Timers } from '@holdfast/base';
import { CardData } from '@holdfast/cards';
import type { PinFailure, PinPad, PinPrompt } from '../ports/pin-pad.ts';
import type { SecureElement } from '../ports/secure-element.ts';
import { type Control, control, controlsOf, type Simulated, type Snapshot } from './controls.ts';
import { createPinEntry, type Entered, type PinEntry } from './pin-entry.ts';
import { presentPin } from './present-pin.ts';

export type SimulatedPinPadOptions = {
  secureElement: SecureElement;
  timers: Timers;
  random: Random;
  /** How long a person may take; 30 seconds unless given. */
  timeoutMs?: number;
};

export type SimulatedPinPad = PinPad & Simulated;

const NAME = 'simulated PIN pad';
const TIMEOUT_MS = 30_000;
const PIN_PATTERN = /^\d{4,12}$/;

const MESSAGES: Readonly<Record<PinFailure, string>> = {
  cancelled: 'The PIN entry was cancelled: start the payment again.',
  bypassed: 'The customer gave no PIN: ask for another way to pay if the card wants one.',
  timed_out: 'Nobody entered a PIN in time: start the payment again.',
  pin_pad_gone: 'The PIN pad does not answer: check its cable.',
};

type Pad = SimulatedPinPadOptions & { entry: PinEntry; isPlugged: boolean };

/** A pad that is plugged in; what it needs stays the caller's. */
export function createSimulatedPinPad(options: SimulatedPinPadOptions): SimulatedPinPad {
  const pad: Pad = { ...options, entry: createPinEntry(options.timers), isPlugged: true };
  return {
    kind: 'pin_pad',
    async verifyWithCard({ prompt, way, link, signal }) {
      const either = AbortSignal.any([signal, link.removed]);
      const entered = await ask(pad, { prompt, signal: either });
      if (link.removed.aborted && !signal.aborted) return dropped(entered);
      if (entered.kind !== 'entered') return failed(entered.kind);
      try {
        return await presentPin(entered.pin, { way, link, random: pad.random });
      } finally {
        entered.pin.wipe();
      }
    },
    async encryptForIssuer({ prompt, pan, signal }) {
      const entered = await ask(pad, { prompt, signal });
      if (entered.kind !== 'entered') return failed(entered.kind);
      try {
        return await pad.secureElement.encryptPin({ pin: entered.pin, pan });
      } finally {
        entered.pin.wipe();
      }
    },
    status: async () => ({
      kind: 'pin_pad',
      name: NAME,
      state: pad.isPlugged ? (pad.entry.prompt === undefined ? 'ready' : 'busy') : 'gone',
      attention: pad.isPlugged ? null : MESSAGES.pin_pad_gone,
      facts: {},
    }),
    async close() {
      unplug(pad);
    },
    controls: controlsOfPad(pad),
    snapshot: () => ({
      is_plugged: pad.isPlugged,
      asks: pad.entry.prompt === undefined ? null : shown(pad.entry.prompt),
    }),
  };
}

function shown({ amount, currency, triesLeft, locale }: PinPrompt): Snapshot {
  return { amount, currency, tries_left: triesLeft, locale };
}

async function ask(
  { entry, isPlugged, timeoutMs = TIMEOUT_MS }: Pad,
  of: Pick<Parameters<PinEntry['ask']>[0], 'prompt' | 'signal'>,
): Promise<Entered> {
  if (!isPlugged) return { kind: 'pin_pad_gone' };
  assert(entry.prompt === undefined, 'a PIN pad asks one question at a time');
  return await entry.ask({ ...of, timeoutMs });
}

function failed(code: PinFailure): { kind: 'failed'; code: PinFailure; message: string } {
  return { kind: 'failed', code, message: MESSAGES[code] };
}

function dropped(entered: Entered) {
  if (entered.kind === 'entered') entered.pin.wipe();
  const message = 'The card was taken out: put it in again.';
  return { kind: 'failed', code: 'card_removed', message } as const;
}

function unplug(pad: Pad): void {
  pad.isPlugged = false;
  pad.entry.end({ kind: 'pin_pad_gone' });
}

function controlsOfPad(pad: Pad): readonly Control[] {
  const nothingAsked = 'The PIN pad asks for nothing now.';
  const ends = (kind: PinFailure) => () => (pad.entry.end({ kind }) ? undefined : nothingAsked);
  return controlsOf(
    control({
      name: 'enter_pin',
      label: 'Enter the PIN',
      args: { pin: { type: 'text', label: 'PIN', charsMax: 12 } },
      run: ({ pin }) => {
        if (!PIN_PATTERN.test(pin)) return 'A PIN has 4 to 12 digits.';
        return pad.entry.end({ kind: 'entered', pin: CardData.ofText(pin) }) ? undefined : nothingAsked;
      },
    }),
    control({ name: 'press_ok', label: 'Press OK without a digit', run: ends('bypassed') }),
    control({ name: 'cancel', label: 'Press the red key', run: ends('cancelled') }),
    control({ name: 'wait_too_long', label: 'Let the time run out', run: ends('timed_out') }),
    control({ name: 'unplug', label: 'Pull the cable out', run: () => unplug(pad) }),
    control({
      name: 'plug_in',
      label: 'Put the cable in',
      run: () => {
        pad.isPlugged = true;
      },
    }),
  );
}
