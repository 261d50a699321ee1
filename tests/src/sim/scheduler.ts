/**
 * The one queue of a simulated world. Events run one at a time, in the order of their virtual time; of those that fall
 * on the same instant a seeded draw decides. An event may wait for real work (PostgreSQL, files): the world stands still
 * meanwhile, so that how long it takes is invisible.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { assert, must } from '@holdfast/base';
import type { Seeded } from '../support/seeded.ts';

const STEP_MS = 50;

/** What an event is, for the trace. */
export type EventName = { kind: string; node: string };

type Event = EventName & {
  atMs: number;
  tie: number;
  order: number;
  run: () => void | Promise<void>;
  isCancelled: boolean;
};

/** The queue and the clock that it drives. */
export class Scheduler {
  readonly #ties: Seeded;
  readonly #onEvent: (event: EventName, atMs: number) => void;
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #order = 0;
  #atWork = 0;

  constructor(options: { ties: Seeded; onEvent: (event: EventName, atMs: number) => void }) {
    this.#ties = options.ties;
    this.#onEvent = options.onEvent;
  }

  /** Virtual milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Runs `run` after `delayMs`; the function returned takes it out again. */
  after(delayMs: number, name: EventName, run: () => void | Promise<void>): () => void {
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const event: Event = {
      ...name,
      atMs,
      tie: this.#ties.unit(),
      order: this.#order++,
      run,
      isCancelled: false,
    };
    push(this.#heap, event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Lets the world wait for real work that no event waits for: what a service does beside the requests. */
  async atWork<T>(work: Promise<T>): Promise<T> {
    this.#atWork += 1;
    try {
      return await work;
    } finally {
      this.#atWork -= 1;
    }
  }

  /** Runs everything that falls due until then, and what that causes. */
  async runUntil(untilMs: number): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      pop(this.#heap);
      if (next.isCancelled) continue;
      this.#nowMs = next.atMs;
      this.#onEvent(next, next.atMs);
      await next.run();
      await this.settle();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Runs on until `end` resolves. Throws when that takes more than `withinMs`. Not to be called by an event. */
  async runOnFor(end: Promise<unknown>, withinMs: number): Promise<void> {
    let isOver = false;
    const over = end.then(() => {
      isOver = true;
    });
    const untilMs = this.#nowMs + withinMs;
    await this.settle();
    while (!isOver && this.#nowMs < untilMs) await this.runUntil(this.#nowMs + STEP_MS);
    assert(isOver, `what should end has not ended within ${withinMs} ms`);
    await over;
  }

  /** Lets promises run until nothing is left but what waits for an event. */
  async settle(): Promise<void> {
    do {
      await turn();
    } while (this.#atWork > 0);
  }
}

function isBefore(a: Event, b: Event): boolean {
  return (
    a.atMs - b.atMs < 0 || (a.atMs === b.atMs && (a.tie < b.tie || (a.tie === b.tie && a.order < b.order)))
  );
}

function push(heap: Event[], event: Event): void {
  heap.push(event);
  for (let at = heap.length - 1; at > 0; ) {
    const above = (at - 1) >> 1;
    if (!swapIfBefore(heap, at, above)) return;
    at = above;
  }
}

function pop(heap: Event[]): void {
  const last = must(heap.pop(), 'the queue is not empty');
  if (heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    const [first, second] = [heap[left], heap[right]];
    if (first === undefined) return;
    const least = second !== undefined && isBefore(second, first) ? right : left;
    if (!swapIfBefore(heap, least, at)) return;
    at = least;
  }
}

/** Swaps the events at two places when the one below comes first. */
function swapIfBefore(heap: Event[], below: number, above: number): boolean {
  const [low, high] = [must(heap[below], 'a place in the heap'), must(heap[above], 'a place in the heap')];
  if (!isBefore(low, high)) return false;
  heap[below] = high;
  heap[above] = low;
  return true;
}
