/**
 * Secret bytes that no logger, serialiser or template can print.
 *
 * Best effort, as far as JavaScript allows: the bytes live in one buffer of their own and are overwritten by
 * {@link Secret.wipe}. What `use` hands out, and what its callback makes of it (a hexadecimal string above all), is
 * beyond reach; so is memory the system wrote to a swap device or a core dump.
 */
import { inspect } from 'node:util';
import { assert } from '@holdfast/base';

const SHOWN = '[secret]';

/** Holds a copy of secret bytes until it is wiped. */
export class Secret {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #wiped = false;

  /** Copies `bytes`; the caller overwrites its own copy. */
  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes);
  }

  /** Runs `fn` with the bytes, which it must not keep, and returns its result. */
  use<T>(fn: (bytes: Uint8Array) => T): T {
    assert(!this.#wiped, 'the secret has been wiped');
    return fn(this.#bytes);
  }

  /** Overwrites the bytes; a later `use` fails. Wiping twice does nothing. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  toJSON(): string {
    return SHOWN;
  }

  toString(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
