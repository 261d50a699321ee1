/** Questions for a PIN, from a kernel to the PIN pad: who asks for how much, and what each way of ending means to the card. */
import type { CardData, Interruption, KernelAnswer } from '@holdfast/cards';
import { orAborted } from '../byte-link.ts';
import type { CardLink } from '../ports/card-reader.ts';
import type { OfflinePinWay, OnlinePin, PinFailure, PinPad, PinPrompt } from '../ports/pin-pad.ts';

type PinAnswer = KernelAnswer | Interruption;

export type PinAsker = {
  verify(of: {
    triesLeft: number | null;
    way: OfflinePinWay;
    link: CardLink;
    signal: AbortSignal;
  }): Promise<PinAnswer>;
  encrypt(of: {
    pan: CardData;
    signal: AbortSignal;
  }): Promise<{ answer: PinAnswer; pin: OnlinePin | undefined }>;
};

/** No status word of the card itself: "no precise diagnosis" (ISO/IEC 7816-4). */
const FAILED = { to: 'offline_pin', kind: 'presented', sw: 0x6f00 } as const;

/** A pad that does not answer keeps nobody longer than he waits, and what it says later is said to nobody. */
const NOBODY_WAITS = {
  kind: 'failed',
  code: 'cancelled',
  message: 'Nobody waited for the PIN any more: start the payment again.',
} as const;

type PinAskerUse = {
  promptOf(): Omit<PinPrompt, 'triesLeft'>;
  onAsk(): void;
  onAsked(): void;
};

/** `promptOf` tells what the pad asks, at the time of the question; `onAsk` is called before it and `onAsked` after it. */
export function createPinAsker(pad: PinPad | undefined, { promptOf, onAsk, onAsked }: PinAskerUse): PinAsker {
  return {
    async verify({ triesLeft, way, link, signal }) {
      if (pad === undefined) return { to: 'offline_pin', kind: 'pad_not_working' };
      onAsk();
      const asked = pad.verifyWithCard({ prompt: { ...promptOf(), triesLeft }, way, link, signal });
      const given = await orAborted(asked, signal, NOBODY_WAITS);
      onAsked();
      if (given.kind === 'done') return { to: 'offline_pin', kind: 'presented', sw: given.statusWord };
      // The card has not said yes: this way to verify has failed, and its list says what comes next.
      if (given.kind === 'unknown' || given.code === 'card_error') return FAILED;
      return given.code === 'card_removed'
        ? { to: 'any', kind: given.code }
        : refused(given.code, 'offline_pin');
    },
    async encrypt({ pan, signal }) {
      if (pad === undefined) return { answer: refused('pin_pad_gone', 'online_pin'), pin: undefined };
      onAsk();
      const asked = pad.encryptForIssuer({ prompt: { ...promptOf(), triesLeft: null }, pan, signal });
      const given = await orAborted(asked, signal, NOBODY_WAITS);
      onAsked();
      if (given.kind === 'done') {
        const { format, pinBlock, ksn } = given;
        return { answer: { to: 'online_pin', kind: 'captured' }, pin: { format, pinBlock, ksn } };
      }
      const code = given.kind === 'failed' && given.code !== 'no_key' ? given.code : 'pin_pad_gone';
      return { answer: refused(code, 'online_pin'), pin: undefined };
    },
  };
}

/** The red key and a time that ran out break the payment off; a pad that is gone leaves other ways to verify. */
function refused(code: PinFailure, to: 'offline_pin' | 'online_pin'): PinAnswer {
  switch (code) {
    case 'bypassed':
      return { to, kind: 'bypassed' };
    case 'pin_pad_gone':
      return { to, kind: 'pad_not_working' };
    case 'cancelled':
    case 'timed_out':
      return { to: 'any', kind: 'cancelled' };
  }
}
