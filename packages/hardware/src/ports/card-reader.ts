/** Card readers: contact chip, contactless, magnetic stripe. A reader moves bytes; what they mean is not its business. */
import type { CardData } from '@holdfast/cards';
import type { Device } from './device.ts';

/** The ways in which a card can be presented. */
export const ENTRY_MODES = ['chip', 'contactless', 'magstripe'] as const;
export type EntryMode = (typeof ENTRY_MODES)[number];

/** A card in reach: command and response APDUs (ISO/IEC 7816-4), one at a time. */
export type CardLink = {
  /** `removed`: the card is out of reach, and the link is of no use any more. `mute`: it did not answer in time. */
  transmit(command: Uint8Array): Promise<CardAnswer>;
  /** Aborts when the card is pulled out or leaves the field. */
  readonly removed: AbortSignal;
  /** Powers the card down; afterwards it may be taken. Twice does nothing. */
  release(): Promise<void>;
};
export type CardAnswer = { kind: 'answer'; response: Uint8Array } | { kind: 'removed' } | { kind: 'mute' };

/** What a stripe gave: what could not be read is undefined. The caller wipes them. */
export type StripeTracks = { track1: CardData | undefined; track2: CardData | undefined };

/** What came of waiting for a card. */
export type Presented =
  | { kind: 'chip' | 'contactless'; link: CardLink }
  | { kind: 'magstripe'; tracks: StripeTracks }
  /** Something was presented, but could not be read: a chip that does not answer, a stripe swiped too fast. */
  | { kind: 'unreadable'; entry: EntryMode }
  /** More than one card in the field. */
  | { kind: 'collision' }
  | { kind: 'aborted' }
  | { kind: 'gone'; message: string };

/** A reader. One card at a time: a second `present` before the first has ended is a programmer's error. */
export type CardReader = Device & {
  readonly kind: 'card_reader';
  readonly entries: readonly EntryMode[];
  /** Waits until a card is presented in one of `entries`, or `signal` aborts. */
  present(of: { entries: readonly EntryMode[]; signal: AbortSignal }): Promise<Presented>;
  /** Resolves when no card is in the reader or in the field. */
  cleared(signal: AbortSignal): Promise<void>;
};
