/** A device does one thing at a time: whoever comes later waits, in order, and no more of them than a bound allows. */
import { orAborted } from './byte-link.ts';

/** `full`: too many wait already. `withdrawn`: `signal` aborted before its turn. */
export type Queued<T> = { kind: 'ran'; value: T } | { kind: 'full' } | { kind: 'withdrawn' };

/** A queue that runs one job after the other. */
export class JobQueue {
  readonly #waitingMax: number;
  #tail: Promise<void> = Promise.resolve();
  #count = 0;

  /** `waitingMax` besides the one that runs. */
  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** Runs `job` when all before it have ended; rejects as it does. */
  async run<T>(signal: AbortSignal, job: () => Promise<T>): Promise<Queued<T>> {
    if (this.#count > this.#waitingMax) return { kind: 'full' };
    this.#count += 1;
    const before = this.#tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = promise;
    await orAborted(before, signal, undefined);
    if (signal.aborted) {
      this.#count -= 1;
      // Its place stays until its turn, so that those behind it do not overtake the one before it.
      void before.then(resolve);
      return { kind: 'withdrawn' };
    }
    try {
      return { kind: 'ran', value: await job() };
    } finally {
      this.#count -= 1;
      resolve();
    }
  }
}
