/**
 * A two-way line of bytes to a device: a TCP connection, a serial port, or a line in memory. It knows nothing of what
 * the bytes mean, and it is lost at any time.
 */

/** `ended`: the other side has taken everything and ended it. `broken`: it tore. `closed`: this side dropped it. */
export type LinkEnd = 'ended' | 'broken' | 'closed';

/** A line that is open. */
export type ByteLink = {
  /**
   * Hands bytes over. `sent`: the line has taken all of them, which says nothing about the device. `lost`: the line is
   * gone, and some of them may have got through all the same. Never rejects. Slow devices make it wait.
   */
  write(bytes: Uint8Array): Promise<'sent' | 'lost'>;
  /** Sets who gets the bytes of the device; what came before is kept for the first one who asks. */
  onBytes(take: (bytes: Uint8Array) => void): void;
  /** Aborts when the line is lost or closed, with a {@link LinkEnd} for a reason. */
  readonly lost: AbortSignal;
  /**
   * Ends the line. `afterAll`: what was written goes out first, and the other side may end it in its own time; else
   * what is still under way is dropped. Twice does nothing.
   */
  close(how?: 'afterAll'): void;
};

/** What came of opening a line; `message` says what to do. */
export type OpenedLink = { kind: 'open'; link: ByteLink } | { kind: 'failed'; message: string };

/** Opens a line, or gives up when `signal` aborts. */
export type OpenLink = (signal: AbortSignal) => Promise<OpenedLink>;

/** Who gets the bytes of a line: keeps what comes before anybody listens. */
export type ByteInbox = {
  put(bytes: Uint8Array): void;
  onBytes(take: (bytes: Uint8Array) => void): void;
};

/** An inbox for one line. */
export function createByteInbox(): ByteInbox {
  let early: Uint8Array[] = [];
  let taker: ((bytes: Uint8Array) => void) | undefined;
  return {
    put(bytes) {
      if (taker === undefined) early.push(bytes);
      else taker(bytes);
    },
    onBytes(take) {
      taker = take;
      const kept = early;
      early = [];
      for (const bytes of kept) take(bytes);
    },
  };
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What `promise` comes to, or `value` as soon as `signal` aborts; leaves nothing behind at a signal that lives long. */
export async function orAborted<T, U>(promise: Promise<T>, signal: AbortSignal, value: U): Promise<T | U> {
  if (signal.aborted) return value;
  const early = Promise.withResolvers<U>();
  const onAbort = () => early.resolve(value);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, early.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
