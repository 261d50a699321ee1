/**
 * What must not be kept of a card: its number, its tracks, a PIN, a clear PIN block. It lives in this one type, which
 * cannot be logged, serialised, cloned, put into text or compared by accident, and is overwritten when it has been used
 * (PCI DSS 3.3, 3.5). Beyond reach are copies that a callback makes, above all strings, and memory that the system
 * wrote to a swap device or a core dump.
 */
import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { AssertionError, assert } from '@holdfast/base';

const SHOWN = '[card data]';
/** The registered brand by which the product's logger replaces an object and reports the place. */
const DO_NOT_LOG: unique symbol = Symbol.for('holdfast.doNotLog');
const encoder = new TextEncoder();

/** Sensitive bytes of a card until they are wiped. Digits are ASCII, one a byte. */
export class CardData {
  /** Different in each, so that no deep comparison finds two of them equal. */
  readonly identity = Symbol(SHOWN);
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #isWiped = false;

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** Takes the bytes over: the caller's array is overwritten. */
  static take(bytes: Uint8Array): CardData {
    const own = new Uint8Array(bytes);
    bytes.fill(0);
    return new CardData(own);
  }

  /** A copy: the caller's array stays as it is, a `Buffer` too, whose `slice` would be the same memory. */
  static copyOf(bytes: Uint8Array): CardData {
    return new CardData(new Uint8Array(bytes));
  }

  /** Of text, which stays in memory for as long as JavaScript likes: for tests, examples and keyboards. */
  static ofText(text: string): CardData {
    return new CardData(encoder.encode(text));
  }

  /** How many bytes there are; a length gives nothing away. */
  get length(): number {
    return this.#bytes.length;
  }

  get [DO_NOT_LOG](): true {
    return true;
  }

  get isWiped(): boolean {
    return this.#isWiped;
  }

  /** Runs `fn` with the bytes, which it must neither keep nor change, and returns its result. */
  use<T>(fn: (bytes: Uint8Array) => T): T {
    assert(!this.#isWiped, 'the card data has been wiped');
    return fn(this.#bytes);
  }

  /** A second holder of the same bytes, to be wiped by itself. */
  copy(): CardData {
    return this.use((bytes) => new CardData(new Uint8Array(bytes)));
  }

  /** Compares on purpose, in a time that does not tell where the difference is. */
  isSame(other: CardData): boolean {
    return this.use((mine) => other.use((its) => mine.length === its.length && timingSafeEqual(mine, its)));
  }

  /** Overwrites the bytes; a later `use` fails. Wiping twice does nothing. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#isWiped = true;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  /** Refuses: data of a card in something that is written down is a defect, and a hidden one if it were replaced. */
  toJSON(): never {
    throw refusal('written as JSON');
  }

  /** Refuses `${card}`, `card + ''`, `card < other` and `==` with anything but an object. */
  [Symbol.toPrimitive](): never {
    throw refusal('made into text or compared');
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

function refusal(what: string): AssertionError {
  return new AssertionError(`the data of a card is not ${what}`);
}
