/** The three streams that a module has. */
import { wasi as defs, Fd } from '@bjorn3/browser_wasi_shim';

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
    // All the room at once: writers that write byte by byte would otherwise fill the heap with parts.
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#bytesMax);
    const kept = data.subarray(0, room);
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
    return { ret: defs.ERRNO_SUCCESS, nwritten: data.length };
  }

  override fd_fdstat_get() {
    return streamStat();
  }
}

/** A stream is a device of characters: languages then neither seek in it nor ask for its size. */
function streamStat() {
  return { ret: defs.ERRNO_SUCCESS, fdstat: new defs.Fdstat(defs.FILETYPE_CHARACTER_DEVICE, 0) };
}
