/** The reader as a thing: what is in its slot and its field, who waits for it, and which card it gives power to. */
import { assert, type Cancel, type Timers } from '@holdfast/base';
import type { CardLink, EntryMode, Presented } from '../../ports/card-reader.ts';
import type { SimulatedCard } from '../card/simulated-card.ts';
import { type CardLine, openLine } from './card-line.ts';

/** All in milliseconds; EMV Book 1 9.2.2 has a reader wait for about ten seconds before it calls a card mute. */
export type ReaderTimes = { powerUpMs: number; commandMs: number; tapMs: number; muteAfterMs: number };

/** When a hand pulls the card out: after so many commands, the answer to the last of them lost or not. */
export type Pull = { commands: number; losesAnswer: boolean };

type Waiting = {
  entries: readonly EntryMode[];
  signal: AbortSignal;
  resolve(presented: Presented): void;
};

const TIMES: ReaderTimes = { powerUpMs: 400, commandMs: 30, tapMs: 1_500, muteAfterMs: 10_000 };
const GONE: Presented = { kind: 'gone', message: 'The card reader is unplugged: plug it in.' };
const OCCUPIED = 'A card is in the slot: pull it out first.';

/** The state of one reader; ends with {@link ReaderBody.close}. What a hand cannot do is said by a sentence. */
export class ReaderBody {
  readonly #timers: Timers;
  readonly #times: ReaderTimes;
  readonly #entries: readonly EntryMode[];
  #isPlugged = true;
  #isClosed = false;
  #slot: { card: SimulatedCard; pull: Pull | undefined } | undefined;
  #field: readonly SimulatedCard[] = [];
  #leaving: Cancel | undefined;
  #waiting: Waiting | undefined;
  /** A card that is getting power; it becomes a line if it is still there. */
  #powering: Cancel | undefined;
  #line: { line: CardLine; entry: 'chip' | 'contactless' } | undefined;
  readonly #whenClear = new Set<() => void>();

  constructor(of: { timers: Timers; entries: readonly EntryMode[]; times?: Partial<ReaderTimes> }) {
    this.#timers = of.timers;
    this.#entries = of.entries;
    this.#times = { ...TIMES, ...of.times };
  }

  get isPlugged(): boolean {
    return this.#isPlugged && !this.#isClosed;
  }

  /** A card has power. */
  get isBusy(): boolean {
    return this.#line !== undefined;
  }

  get slot(): SimulatedCard | undefined {
    return this.#slot?.card;
  }

  get field(): readonly SimulatedCard[] {
    return this.#field;
  }

  get waitsFor(): readonly EntryMode[] {
    return this.#waiting?.entries ?? [];
  }

  present({ entries, signal }: { entries: readonly EntryMode[]; signal: AbortSignal }): Promise<Presented> {
    assert(this.#waiting === undefined, 'a reader waits for one card at a time');
    if (!this.isPlugged) return Promise.resolve(GONE);
    if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
    return new Promise((resolve) => {
      const wanted = entries.filter((entry) => this.#entries.includes(entry));
      const abort = () => this.#settle({ kind: 'aborted' });
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting = {
        entries: wanted,
        signal,
        resolve(presented) {
          signal.removeEventListener('abort', abort);
          resolve(presented);
        },
      };
      this.#offer();
    });
  }

  cleared(signal: AbortSignal): Promise<void> {
    if (this.#isClear() || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#whenClear.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#whenClear.add(done);
      signal.addEventListener('abort', done);
    });
  }

  insert(card: SimulatedCard, pull?: Pull): string | undefined {
    if (!this.#entries.includes('chip')) return 'This reader has no slot.';
    if (this.#slot !== undefined) return OCCUPIED;
    this.#slot = { card, pull };
    this.#offer();
    return undefined;
  }

  tap(cards: readonly SimulatedCard[]): string | undefined {
    if (!this.#entries.includes('contactless')) return 'This reader has no field.';
    if (this.#field.length > 0) return 'A card is in the field: wait until it has left.';
    this.#field = [...cards];
    this.#leaving = this.#timers.after(this.#times.tapMs, () => this.#leaveField());
    this.#offer();
    return undefined;
  }

  swipe(card: SimulatedCard): string | undefined {
    if (!this.#entries.includes('magstripe')) return 'This reader reads no stripes.';
    if (!this.waitsFor.includes('magstripe')) return 'The reader does not wait for a stripe now.';
    const tracks = card.swipe();
    const isRead = tracks.track1 !== undefined || tracks.track2 !== undefined;
    this.#settle(isRead ? { kind: 'magstripe', tracks } : { kind: 'unreadable', entry: 'magstripe' });
    return undefined;
  }

  pullOut(): string | undefined {
    if (this.#slot === undefined) return 'There is no card in the slot.';
    this.#slot = undefined;
    if (this.#line?.entry === 'chip') this.#cut();
    this.#noteClear();
    return undefined;
  }

  /** A card in the slot stays there, and loses its power. */
  unplug(): void {
    this.#isPlugged = false;
    this.#cut();
    this.#settle(GONE);
  }

  plug(): void {
    this.#isPlugged = true;
  }

  close(): void {
    this.#isClosed = true;
    this.#cut();
    this.#leaving?.();
    this.#settle({ kind: 'aborted' });
    for (const done of [...this.#whenClear]) done();
  }

  /** Gives power to what is there, if somebody waits for it. */
  #offer(): void {
    if (this.#waiting === undefined || this.#powering !== undefined || this.#line !== undefined) return;
    const { entries } = this.#waiting;
    if (this.#slot !== undefined && entries.includes('chip')) this.#power(() => this.#readSlot());
    else if (this.#isFieldFelt() && entries.includes('contactless')) this.#power(() => this.#readField());
  }

  #isFieldFelt(): boolean {
    return this.#field.some(({ hasAntenna }) => hasAntenna);
  }

  #power(read: () => void): void {
    const { powerUpMs } = this.#times;
    const run = () => {
      this.#powering = undefined;
      read();
    };
    if (powerUpMs === 0) run();
    else this.#powering = this.#timers.after(powerUpMs, run);
  }

  /** A card that was pulled out meanwhile leaves the reader waiting. */
  #readSlot(): void {
    const { card, pull } = this.#slot ?? {};
    const chip = card?.powerUp('contact');
    if (card === undefined) this.#offer();
    else if (chip === undefined) this.#settle({ kind: 'unreadable', entry: 'chip' });
    else {
      const link = this.#connect('chip', { card, chip, pull, pullOut: () => this.pullOut() });
      this.#settle({ kind: 'chip', link });
    }
  }

  #readField(): void {
    const [card, other] = this.#field.filter(({ hasAntenna }) => hasAntenna);
    const chip = card?.powerUp('contactless');
    if (other !== undefined) this.#settle({ kind: 'collision' });
    else if (card === undefined || chip === undefined) this.#offer();
    else {
      const link = this.#connect('contactless', { card, chip, pull: undefined, pullOut: () => undefined });
      this.#settle({ kind: 'contactless', link });
    }
  }

  #connect(
    entry: 'chip' | 'contactless',
    of: Pick<Parameters<typeof openLine>[0], 'card' | 'chip' | 'pull' | 'pullOut'>,
  ): CardLink {
    const { commandMs, muteAfterMs } = this.#times;
    const line = openLine({
      ...of,
      timers: this.#timers,
      commandMs,
      muteAfterMs,
      onEnd: () => {
        this.#line = undefined;
        this.#offer();
      },
    });
    this.#line = { line, entry };
    return line.link;
  }

  #leaveField(): void {
    this.#field = [];
    if (this.#line?.entry === 'contactless') this.#cut();
    this.#noteClear();
  }

  #cut(): void {
    this.#powering?.();
    this.#powering = undefined;
    this.#line?.line.cut();
  }

  #settle(presented: Presented): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    this.#powering?.();
    this.#powering = undefined;
    waiting.resolve(presented);
  }

  #isClear(): boolean {
    return this.#slot === undefined && this.#field.length === 0;
  }

  #noteClear(): void {
    if (!this.#isClear()) return;
    for (const done of [...this.#whenClear]) done();
  }
}
