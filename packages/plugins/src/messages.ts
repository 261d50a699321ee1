/** Messages between a plug-in and its thread. One request is under way at a time, so none needs a number. */
import type { Failure } from './failure.ts';

/** `prepare` loads what `run` then needs; both are structured clones. */
export type ToThread<P, R> = { kind: 'prepare'; of: P } | { kind: 'run'; of: R };

/** `ready` comes once, before anything is asked; then there is one message for each request. */
export type FromThread<A> =
  | { kind: 'ready' }
  | { kind: 'prepared' }
  | { kind: 'answer'; answer: A }
  | { kind: 'failed'; failure: Failure };
