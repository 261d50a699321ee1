/**
 * Everything that is not a function of state and input: time, randomness, timers. Code takes these ports as
 * arguments, so that a simulation can run it on a virtual clock. The real ones are in `system.ts`.
 */

/** Wall-clock and monotonic time, both in milliseconds. */
export type Clock = {
  /** Milliseconds since the Unix epoch. May jump, forwards and backwards. */
  nowMs(): number;
  /** Milliseconds since an arbitrary point; never goes back while the process lives. */
  monotonicMs(): number;
};

/** A source of random bytes. The real one is cryptographically strong. */
export type Random = {
  bytes(length: number): Uint8Array;
  /** Uniform in [0, 1). */
  unit(): number;
};

/** Cancels a timer; cancelling twice, or after it fired, does nothing. */
export type Cancel = () => void;

/** Delayed calls. The real ones fire after 24.8 days at the latest. */
export type Timers = {
  /** Calls `fn` once after `delayMs`. The timer does not keep the process alive by itself. */
  after(delayMs: number, fn: () => void): Cancel;
  /** Resolves after `delayMs`, or as soon as `signal` aborts; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
};

/** The three ports together, as most constructors take them. */
export type Ports = { clock: Clock; random: Random; timers: Timers };
