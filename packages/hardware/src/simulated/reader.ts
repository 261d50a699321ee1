/**
 * A simulated card reader: a slot, a field and a track to swipe along, into which a person or a script puts cards of a
 * wallet. It moves bytes between a kernel and the chip as a real one does, takes its time for it, and loses the card
 * wherever somebody pulls it out.
 */
import type { Timers } from '@holdfast/base';
import type { CardReader, EntryMode } from '../ports/card-reader.ts';
import { ENTRY_MODES } from '../ports/card-reader.ts';
import type { DeviceStatus } from '../ports/device.ts';
import type { SimulatedCard } from './card/simulated-card.ts';
import { type Control, control, controlsOf, type Simulated, type Snapshot } from './controls.ts';
import { type Pull, ReaderBody, type ReaderTimes } from './reader/reader-body.ts';

export type SimulatedReaderOptions = {
  timers: Timers;
  /** What the controls can take in hand. */
  cards: readonly SimulatedCard[];
  name?: string;
  entries?: readonly EntryMode[];
  times?: Partial<ReaderTimes>;
};

/** What a hand does; a sentence says why it cannot. */
export type SimulatedReader = CardReader &
  Simulated & {
    insert(card: SimulatedCard, pull?: Pull): string | undefined;
    /** Holds cards into the field, from which they leave after a while. */
    tap(...cards: readonly SimulatedCard[]): string | undefined;
    swipe(card: SimulatedCard): string | undefined;
    pullOut(): string | undefined;
    unplug(): void;
    plug(): void;
  };

const COMMANDS_MAX = 100;

/** A reader with nothing in it. */
export function createSimulatedReader(options: SimulatedReaderOptions): SimulatedReader {
  const { timers, cards, name = 'simulated card reader', entries = ENTRY_MODES, times } = options;
  const body = new ReaderBody({ timers, entries, ...(times && { times }) });
  return {
    kind: 'card_reader',
    entries,
    present: (of) => body.present(of),
    cleared: (signal) => body.cleared(signal),
    status: async () => statusOf(body, name),
    close: async () => body.close(),
    insert: (card, pull) => body.insert(card, pull),
    tap: (...held) => body.tap(held),
    swipe: (card) => body.swipe(card),
    pullOut: () => body.pullOut(),
    unplug: () => body.unplug(),
    plug: () => body.plug(),
    controls: controlsOfReader(body, cards),
    snapshot: () => snapshotOf(body),
  };
}

function statusOf(body: ReaderBody, name: string): DeviceStatus {
  const { isPlugged, isBusy, slot, field } = body;
  return {
    kind: 'card_reader',
    name,
    state: isPlugged ? (isBusy ? 'busy' : 'ready') : 'gone',
    attention: isPlugged ? null : 'The card reader is unplugged: plug it in.',
    facts: { card_in_slot: slot !== undefined, cards_in_field: field.length },
  };
}

function snapshotOf({ isPlugged, isBusy, waitsFor, slot, field }: ReaderBody): Snapshot {
  return {
    is_plugged: isPlugged,
    is_powering_a_card: isBusy,
    waits_for: [...waitsFor],
    card_in_slot: slot?.id ?? null,
    cards_in_field: field.map(({ id }) => id),
  };
}

function controlsOfReader(body: ReaderBody, cards: readonly SimulatedCard[]): readonly Control[] {
  const card = { type: 'text', label: 'Card', allowed: cards.map(({ id }) => id) } as const;
  const withCard = (id: string, act: (found: SimulatedCard) => string | undefined) => {
    const found = cards.find((each) => each.id === id);
    return found === undefined ? 'There is no such card in the wallet.' : act(found);
  };
  return controlsOf(
    control({
      name: 'insert',
      label: 'Put a card into the slot',
      args: { card },
      run: (given) => withCard(given.card, (found) => body.insert(found)),
    }),
    control({
      name: 'insert_and_pull',
      label: 'Put a card in and pull it out after so many commands',
      args: {
        card,
        commands: { type: 'integer', label: 'Commands', min: 0, max: COMMANDS_MAX },
        loses_answer: { type: 'boolean', label: 'Before the answer to the last of them' },
      },
      run: ({ card: id, commands, loses_answer: losesAnswer }) =>
        withCard(id, (found) => body.insert(found, { commands, losesAnswer })),
    }),
    control({
      name: 'tap',
      label: 'Hold a card into the field',
      args: { card },
      run: (given) => withCard(given.card, (found) => body.tap([found])),
    }),
    control({
      name: 'tap_two',
      label: 'Hold two cards into the field at once',
      args: { card, other: { ...card, label: 'Other card' } },
      run: ({ card: one, other }) =>
        one === other
          ? 'These are the same card: name two.'
          : withCard(one, (first) => withCard(other, (second) => body.tap([first, second]))),
    }),
    control({
      name: 'swipe',
      label: 'Swipe a card',
      args: { card },
      run: (given) => withCard(given.card, (found) => body.swipe(found)),
    }),
    control({ name: 'pull_out', label: 'Pull the card out', run: () => body.pullOut() }),
    control({ name: 'unplug', label: 'Unplug the reader', run: () => body.unplug() }),
    control({ name: 'plug', label: 'Plug the reader in', run: () => body.plug() }),
  );
}
