/** The three streams that a module has. */
import { wasi as defs, Fd } from '@bjorn3/browser_wasi_shim';

/** What most modules write fits into it. */
const ROOM_FIRST = 1_024;

/** Thrown at the first byte too many: there is no use in the rest. */
export class TooMuch extends Error {}

/** Bytes that are read from the first to the last. */
export class Source extends Fd {
  #left: Uint8Array;

  constructor(bytes: Uint8Array) {
    super();
    this.#left = bytes;
  }

  override fd_read(size: number) {
    const data = this.#left.subarray(0, size >>> 0);
    this.#left = this.#left.subarray(data.length);
    return { ret: defs.ERRNO_SUCCESS, data };
  }

  override fd_fdstat_get() {
    return streamStat();
  }
}

/** Keeps what is written, up to a bound: beyond it the writer is ended, or what it writes is dropped. */
export class Sink extends Fd {
  readonly #bytesMax: number;
  readonly #beyond: 'throw' | 'drop';
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor({ bytesMax, beyond }: { bytesMax: number; beyond: 'throw' | 'drop' }) {
    super();
    this.#bytesMax = bytesMax;
    this.#beyond = beyond;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  override fd_write(data: Uint8Array) {
    const room = this.#bytesMax - this.#length;
    if (data.length > room && this.#beyond === 'throw') throw new TooMuch();
    const kept = data.subarray(0, room);
    this.#makeRoom(this.#length + kept.length);
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
    return { ret: defs.ERRNO_SUCCESS, nwritten: data.length };
  }

  override fd_fdstat_get() {
    return streamStat();
  }

  /** In one piece: a module that writes byte by byte would otherwise fill the heap with parts. */
  #makeRoom(needed: number): void {
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(this.#bytesMax, Math.max(ROOM_FIRST, 2 * needed)));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** A stream is a device of characters: languages then neither seek in it nor ask for its size. */
function streamStat() {
  return { ret: defs.ERRNO_SUCCESS, fdstat: new defs.Fdstat(defs.FILETYPE_CHARACTER_DEVICE, 0) };
}
