/** The keys of a PIN pad: one question at a time, and how it ends. Digits are held until they are taken, and wiped. */
import type { Cancel, Timers } from '@holdfast/base';
import type { CardData } from '@holdfast/cards';
import type { PinFailure, PinPrompt } from '../ports/pin-pad.ts';

/** What a person did. */
export type Entered = { kind: 'entered'; pin: CardData } | { kind: PinFailure };

/** The keys and the display of one pad. */
export type PinEntry = {
  /** What is being asked, if anything is. */
  readonly prompt: PinPrompt | undefined;
  /** Asks; a second question before the first has ended is a programmer's error. */
  ask(of: { prompt: PinPrompt; signal: AbortSignal; timeoutMs: number }): Promise<Entered>;
  /** Ends the question; false if nothing is asked. A PIN that nobody takes is wiped. */
  end(entered: Entered): boolean;
};

type Open = { prompt: PinPrompt; end(entered: Entered): void };

/** A pad that asks for nothing yet. */
export function createPinEntry(timers: Timers): PinEntry {
  let open: Open | undefined;
  return {
    get prompt() {
      return open?.prompt;
    },
    ask: ({ prompt, signal, timeoutMs }) =>
      new Promise((resolve) => {
        let cancelTimer: Cancel = () => undefined;
        const onAbort = () => mine.end({ kind: 'cancelled' });
        const mine: Open = {
          prompt,
          end(entered) {
            if (open !== mine) return;
            open = undefined;
            cancelTimer();
            signal.removeEventListener('abort', onAbort);
            resolve(entered);
          },
        };
        open = mine;
        cancelTimer = timers.after(timeoutMs, () => mine.end({ kind: 'timed_out' }));
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
      }),
    end(entered) {
      if (open === undefined) {
        if (entered.kind === 'entered') entered.pin.wipe();
        return false;
      }
      open.end(entered);
      return true;
    },
  };
}
