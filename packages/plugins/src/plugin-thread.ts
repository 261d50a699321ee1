/**
 * A thread that is kept, and does one thing at a time: what it runs may hang, crash or eat memory without taking the
 * process with it. It is started by the first call, and anew by the first call after its end.
 *
 * A call ends in one answer, and in time. One that waits is simply forgotten when its time is over; one that runs is
 * stopped with its thread, since nothing else stops it. Loading is not stopped: the next call finds it done.
 */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { type Cancel, must, type Timers } from '@holdfast/base';
import { type Failure, passingFailure } from './failure.ts';
import type { FromThread, ToThread } from './messages.ts';

export type PluginThreadOptions = {
  /** The script of the thread; it calls `serve`. */
  script: URL;
  resourceLimits: ResourceLimits;
  timers: Timers;
};

export type Job<P, R> = {
  /** What must be loaded first. */
  prepare: P;
  run: R;
  /** From now to the answer, waiting and loading included. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
};

/** Calls that wait; above it a call fails with `overloaded`. */
export const QUEUE_MAX = 1_024;
/** How long the thread may take to start, or to load: a large model on a slow disk. */
const LOAD_MS = 30_000;

type Settle<A> = (result: { answer: A } | Failure) => void;
type Waiting<P, R, A> = { job: Job<P, R>; settle: Settle<A>; isOver: boolean };

/** A running thread. `guard` ends what takes too long to load. */
type Live = { worker: Worker; phase: 'starting' | 'idle' | 'loading' | 'running'; guard: Cancel };

const NOTHING: Cancel = () => undefined;

/** `P` is what it loads, `R` what it runs, `A` what it answers; all three can be cloned. */
export class PluginThread<P, R, A> {
  readonly #options: PluginThreadOptions;
  #queue: Waiting<P, R, A>[] = [];
  #current: Waiting<P, R, A> | undefined;
  #live: Live | undefined;
  readonly #ending = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(options: PluginThreadOptions) {
    this.#options = options;
  }

  /** The answer of the thread, or why there is none: `timed_out`, `cancelled`, `plugin_crashed`, `overloaded`. */
  async call(job: Job<P, R>): Promise<{ answer: A } | Failure> {
    const { signal, timeoutMs } = job;
    if (this.#isClosed || signal?.aborted === true) return calledOff();
    if (this.#queue.length >= QUEUE_MAX)
      return passingFailure('overloaded', `${QUEUE_MAX} calls of the plug-in wait already: try again later.`);
    const { promise, resolve } = Promise.withResolvers<{ answer: A } | Failure>();
    const waiting: Waiting<P, R, A> = { job, settle: resolve, isOver: false };
    this.#queue.push(waiting);
    const onAbort = () => this.#giveUp(waiting, calledOff());
    const cancelTimer = this.#options.timers.after(timeoutMs, () =>
      this.#giveUp(waiting, passingFailure('timed_out', `There was no answer within ${timeoutMs} ms.`)),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#next();
    try {
      return await promise;
    } finally {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Calls off what waits and what runs, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = this.#current === undefined ? this.#queue : [this.#current, ...this.#queue];
    this.#queue = [];
    for (const waiting of all) settle(waiting, calledOff());
    if (this.#live !== undefined) this.#end(this.#live);
    await Promise.all(this.#ending);
  }

  #giveUp(waiting: Waiting<P, R, A>, failure: Failure): void {
    settle(waiting, failure);
    if (waiting !== this.#current) this.#queue = this.#queue.filter((other) => other !== waiting);
    else if (this.#live?.phase === 'running') this.#end(this.#live);
  }

  #next(): void {
    if (this.#current !== undefined || this.#isClosed) return;
    this.#current = this.#queue.shift();
    if (this.#current === undefined) return;
    if (this.#live === undefined) this.#start();
    else this.#load(this.#live, this.#current);
  }

  #start(): void {
    const { script, resourceLimits } = this.#options;
    const worker = new Worker(script, { resourceLimits });
    const live: Live = { worker, phase: 'starting', guard: NOTHING };
    live.guard = this.#guard(live);
    this.#live = live;
    worker.on('message', (message: FromThread<A>) => {
      if (this.#live === live) this.#take(live, message);
    });
    worker.on('error', (error) => this.#crash(live, error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#crash(live, `it ended with code ${code}`));
  }

  #load(live: Live, { job }: Waiting<P, R, A>): void {
    live.phase = 'loading';
    live.guard = this.#guard(live);
    live.worker.postMessage({ kind: 'prepare', of: job.prepare } satisfies ToThread<P, R>);
  }

  #guard(live: Live): Cancel {
    const late = () => this.#crash(live, `it did not get ready within ${LOAD_MS} ms`);
    return this.#options.timers.after(LOAD_MS, late);
  }

  #take(live: Live, message: FromThread<A>): void {
    live.guard();
    const current = must(this.#current, 'a thread that says something was asked');
    if (message.kind === 'ready' && !current.isOver) this.#load(live, current);
    else if (message.kind === 'prepared' && !current.isOver) {
      live.phase = 'running';
      live.worker.postMessage({ kind: 'run', of: current.job.run } satisfies ToThread<P, R>);
    } else {
      if (message.kind === 'answer') settle(current, { answer: message.answer });
      if (message.kind === 'failed') settle(current, message.failure);
      live.phase = 'idle';
      this.#current = undefined;
      this.#next();
    }
  }

  #crash(live: Live, why: string): void {
    if (this.#live !== live) return;
    const message = `The thread of the plug-in is gone: ${why}.`;
    if (this.#current !== undefined) settle(this.#current, passingFailure('plugin_crashed', message));
    this.#end(live);
  }

  /** Ends a thread, whatever it does, and goes on with the next call in a new one. */
  #end(live: Live): void {
    live.guard();
    const ended = live.worker.terminate().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
    this.#live = undefined;
    this.#current = undefined;
    this.#next();
  }
}

function settle<P, R, A>(waiting: Waiting<P, R, A>, result: { answer: A } | Failure): void {
  waiting.isOver = true;
  waiting.settle(result);
}

function calledOff(): Failure {
  return passingFailure('cancelled', 'The call was called off.');
}
