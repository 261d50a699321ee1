/** The line to a card that has power: commands and answers one at a time, until it is released, pulled out, or mute. */
import { assert, type Timers } from '@holdfast/base';
import type { CardAnswer, CardLink } from '../../ports/card-reader.ts';
import type { Chip } from '../card/chip.ts';
import type { SimulatedCard } from '../card/simulated-card.ts';
import type { Pull } from './reader-body.ts';

export type CardLine = {
  readonly link: CardLink;
  /** The card is out of reach from now on. */
  cut(): void;
};

const REMOVED: CardAnswer = { kind: 'removed' };

/** Opens the line. `pullOut` takes the card away as a hand does, `onEnd` is called once when the line has ended. */
export function openLine(of: {
  card: SimulatedCard;
  chip: Chip;
  pull: Pull | undefined;
  timers: Timers;
  commandMs: number;
  muteAfterMs: number;
  pullOut(): void;
  onEnd(): void;
}): CardLine {
  const { card, chip, pull, timers, commandMs, muteAfterMs } = of;
  const removed = new AbortController();
  const answerMs = commandMs + card.answerMs;
  let commandsLeft = pull?.commands;
  let isReleased = false;
  let isTransmitting = false;
  const end = () => {
    if (isReleased) return;
    isReleased = true;
    of.onEnd();
  };
  const isOver = () => isReleased || removed.signal.aborted;
  const wait = async (ms: number): Promise<void> => {
    if (ms > 0) await timers.sleep(ms, removed.signal);
  };
  const exchange = async (command: Uint8Array): Promise<CardAnswer> => {
    if (!isOver() && commandsLeft === 0) of.pullOut();
    if (isOver()) return REMOVED;
    const isLast = commandsLeft !== undefined && --commandsLeft === 0;
    // What the card did is done, also where its answer comes too late or is lost.
    const response = await chip.transmit(command);
    if (isLast && pull?.losesAnswer === true) of.pullOut();
    await wait(Math.min(answerMs, muteAfterMs));
    if (isOver()) return REMOVED;
    return answerMs > muteAfterMs ? { kind: 'mute' } : { kind: 'answer', response };
  };
  return {
    cut() {
      removed.abort();
      end();
    },
    link: {
      removed: removed.signal,
      async transmit(command) {
        assert(!isTransmitting, 'a card takes one command at a time');
        isTransmitting = true;
        try {
          return await exchange(command);
        } finally {
          isTransmitting = false;
        }
      },
      release: async () => end(),
    },
  };
}
