/** A card in somebody's hand: a chip that takes power by contact or by air, and a stripe, as far as it has them. */
import type { Random } from '@holdfast/base';
import type { StripeTracks } from '../../ports/card-reader.ts';
import type { Interface } from './application.ts';
import { type Chip, powerUp } from './chip.ts';
import type { MadeCard } from './make-card.ts';
import type { CardMemory } from './memory.ts';

/** How long a slow chip takes for each answer; EMV Book 1 9.2.2 has terminals wait for about ten seconds. */
const SLOW_MS = 1_500;

/** A card that a simulated reader takes. */
export type SimulatedCard = {
  readonly id: string;
  /** For people; names the PIN where the card has one. */
  readonly label: string;
  readonly hasChip: boolean;
  readonly hasAntenna: boolean;
  /** What it takes for an answer, beyond the reader's own time. */
  readonly answerMs: number;
  /** Undefined where nothing answers: no chip, no antenna, or a dead chip. */
  powerUp(via: Interface): Chip | undefined;
  /** What the stripe gives; the receiver wipes it. */
  swipe(): StripeTracks;
};

/** The card in a hand, with the memory of its chip. */
export function simulatedCard(of: {
  card: MadeCard;
  label: string;
  index: number;
  memory: CardMemory;
  random: Random;
}): SimulatedCard {
  const { card, label, index, memory, random } = of;
  const { product, applications, stripe } = card;
  const isDead = product.defect === 'dead_chip';
  const hasAntenna = !isDead && applications.some(({ contactless }) => contactless !== undefined);
  const hasChip = applications.length > 0;
  // One state for all times that the chip gets power, so that what an earlier one still writes is not undone.
  const state = memory.load(index) ?? structuredClone(card.state);
  const save = () => memory.save(index, state);
  return {
    id: product.id,
    label,
    hasChip,
    hasAntenna,
    answerMs: product.defect === 'slow_chip' ? SLOW_MS : 0,
    powerUp: (via) => {
      const isThere = via === 'contact' ? hasChip && !isDead : hasAntenna;
      return isThere ? powerUp({ card, via, state, save, random }) : undefined;
    },
    swipe: () =>
      product.defect === 'damaged_stripe'
        ? { track1: undefined, track2: undefined }
        : { track1: stripe.track1.copy(), track2: stripe.track2.copy() },
  };
}
