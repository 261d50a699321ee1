/**
 * A printer that is paper: it reads ESC/POS in chunks of any size and says what comes out. After a byte that it cannot
 * read it reads no more, for what a printer makes of the rest is anyone's guess. It does not decide what a printer
 * answers either; questions come out as events.
 */
import { must } from '@holdfast/base';
import {
  endLine,
  type PaperEvent,
  type PaperRefusal,
  type PaperState,
  powerOnState,
  putCharacter,
  readCommand,
} from './escpos-paper-commands.ts';

const SPACE = 0x20;
const DELETE = 0x7f;

/** A roll of paper and the head above it. */
export class EscPosPaper {
  readonly #columns: number;
  readonly #state: PaperState = powerOnState();
  #pending = new Uint8Array(0);
  #at = 0;
  #isRefusing = false;

  /** `columns` of the normal font: text beyond them goes on in the next line, as printers have it. */
  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Bytes of a command that has begun and not ended, at most 7,096. A job that leaves any was cut off. */
  get pendingBytes(): number {
    return this.#pending.length;
  }

  /** Text that waits for its line feed, in the columns it fills. */
  get pendingColumns(): number {
    return this.#state.columns;
  }

  /** Takes the next bytes and returns what came of them. Throws for no bytes; after a refusal it returns nothing. */
  print(chunk: Uint8Array): PaperEvent[] {
    const events: PaperEvent[] = [];
    const bytes = new Uint8Array(this.#pending.length + chunk.length);
    bytes.set(this.#pending);
    bytes.set(chunk, this.#pending.length);
    let from = 0;
    while (from < bytes.length && !this.#isRefusing) {
      const taken = this.#take(bytes.subarray(from), events);
      if (taken === 0) break;
      from += taken;
      this.#at += taken;
    }
    this.#pending = this.#isRefusing ? new Uint8Array(0) : bytes.slice(from);
    return events;
  }

  /** The number of bytes that were read; none where the command is not whole yet, or is refused. */
  #take(bytes: Uint8Array, events: PaperEvent[]): number {
    const first = must(bytes[0], 'there is a byte to read');
    if (first >= SPACE && first !== DELETE) {
      const isFull = this.#state.columns + this.#state.columnsEach > this.#columns;
      if (isFull) events.push(endLine(this.#state, true));
      putCharacter(this.#state, first);
      return 1;
    }
    const read = readCommand(bytes, this.#state);
    if (read.kind === 'incomplete') return 0;
    if (read.kind === 'refused') {
      this.#refuse(read.reason, events);
      return 0;
    }
    if (read.event !== undefined) events.push(read.event);
    return read.length;
  }

  #refuse(reason: PaperRefusal, events: PaperEvent[]): void {
    this.#isRefusing = true;
    events.push({ kind: 'refused', reason, at: this.#at });
  }
}
