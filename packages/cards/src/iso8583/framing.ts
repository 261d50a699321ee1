/**
 * Messages in a stream of bytes, each behind a header that says how long it is. Chunks may be cut anywhere. A header that
 * announces too much is refused at once, so that a peer cannot make the reader wait, or hold memory, for nothing.
 */
import { assert } from '@holdfast/base';
import { asciiText } from '../encoding/digits.ts';
import { toHex } from '../encoding/hex.ts';
import { MESSAGE_BYTES_MAX } from './message.ts';

/** How a length stands before a message. */
export type Framing = {
  /** A big-endian number of two bytes, four ASCII digits, or four digits packed two a byte. */
  readonly header: 'binary-2' | 'ascii-4' | 'bcd-2';
  /** Whether the length counts the header itself. */
  readonly isInclusive: boolean;
  /** The longest message that is taken, without its header. */
  readonly bytesMax: number;
};

/** Why a stream cannot be read on; the connection is then to be closed. */
export type FrameFault = 'header' | 'too_long';
export type FrameResult =
  | { readonly ok: true; readonly messages: readonly Uint8Array[] }
  | { readonly ok: false; readonly reason: FrameFault; readonly messages: readonly Uint8Array[] };

const HEADER_BYTES = { 'binary-2': 2, 'ascii-4': 4, 'bcd-2': 2 } satisfies Record<Framing['header'], number>;
const ANNOUNCED_MAX = { 'binary-2': 0xffff, 'ascii-4': 9999, 'bcd-2': 9999 } satisfies Record<
  Framing['header'],
  number
>;
const DIGIT_COUNT = 4;
const DIGITS = /^\d{4}$/;

/** The message behind its header. */
export function frameMessage(framing: Framing, message: Uint8Array): Uint8Array {
  const headerBytes = HEADER_BYTES[framing.header];
  const announced = message.length + (framing.isInclusive ? headerBytes : 0);
  assert(message.length <= framing.bytesMax, 'the message is no longer than its framing allows');
  assert(announced <= ANNOUNCED_MAX[framing.header], 'the length fits into the header');
  const frame = new Uint8Array(headerBytes + message.length);
  frame.set(writeHeader(framing.header, announced));
  frame.set(message, headerBytes);
  return frame;
}

/** Cuts a stream into messages. It holds at most one unfinished message, and overwrites what it has handed out. */
export class FrameReader {
  readonly #framing: Framing;
  readonly #headerBytes: number;
  readonly #frame: Uint8Array;
  #filled = 0;
  #fault: FrameFault | undefined;

  constructor(framing: Framing) {
    assert(framing.bytesMax <= MESSAGE_BYTES_MAX, 'no message is longer than the codec takes');
    this.#framing = framing;
    this.#headerBytes = HEADER_BYTES[framing.header];
    this.#frame = new Uint8Array(this.#headerBytes + framing.bytesMax);
  }

  /** How many bytes of an unfinished frame are held. */
  get pendingBytes(): number {
    return this.#filled;
  }

  /**
   * Takes a chunk and returns the messages that it completes, each in an array of its own that the caller wipes. A header
   * that announces nothing is an empty message, as hosts send to see whether the line is up. After a fault every further
   * chunk is refused with the same one.
   */
  push(chunk: Uint8Array): FrameResult {
    const messages: Uint8Array[] = [];
    let offset = 0;
    while (offset < chunk.length && !this.#fault) {
      offset += this.#take(chunk.subarray(offset));
      if (this.#filled < this.#headerBytes) continue;
      const length = this.#announced();
      if (typeof length === 'string') this.#fail(length);
      else if (this.#filled === this.#headerBytes + length) messages.push(this.#finished());
    }
    if (this.#fault) return { ok: false, reason: this.#fault, messages };
    return { ok: true, messages };
  }

  /** Overwrites what is held, when the connection has gone. */
  wipe(): void {
    this.#frame.fill(0);
    this.#filled = 0;
  }

  /** Takes as much as the header, or the message behind it, still lacks; says how much that was. */
  #take(bytes: Uint8Array): number {
    const announced = this.#filled < this.#headerBytes ? 0 : this.#announced();
    const wanted = this.#headerBytes + (typeof announced === 'number' ? announced : 0);
    const taken = bytes.subarray(0, wanted - this.#filled);
    this.#frame.set(taken, this.#filled);
    this.#filled += taken.length;
    return taken.length;
  }

  /** The length of the message behind the whole header. */
  #announced(): number | FrameFault {
    const { header, isInclusive, bytesMax } = this.#framing;
    const announced = readHeader(header, this.#frame.subarray(0, this.#headerBytes));
    if (announced === undefined) return 'header';
    const length = isInclusive ? announced - this.#headerBytes : announced;
    if (length < 0) return 'header';
    return length > bytesMax ? 'too_long' : length;
  }

  #finished(): Uint8Array {
    const message = this.#frame.slice(this.#headerBytes, this.#filled);
    this.#frame.fill(0, 0, this.#filled);
    this.#filled = 0;
    return message;
  }

  #fail(fault: FrameFault): void {
    this.#fault = fault;
    this.wipe();
  }
}

function writeHeader(kind: Framing['header'], announced: number): Uint8Array {
  if (kind === 'binary-2') return Uint8Array.of(announced >> 8, announced & 0xff);
  const digits = String(announced).padStart(DIGIT_COUNT, '0');
  return Buffer.from(digits, kind === 'bcd-2' ? 'hex' : 'latin1');
}

function readHeader(kind: Framing['header'], header: Uint8Array): number | undefined {
  if (kind === 'binary-2') return ((header[0] ?? 0) << 8) | (header[1] ?? 0);
  const text = kind === 'bcd-2' ? toHex(header) : asciiText(header);
  return DIGITS.test(text) ? Number(text) : undefined;
}
