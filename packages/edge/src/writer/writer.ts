/**
 * The way to the writer. Commands of one turn of the event loop travel together; the thread takes whatever has arrived
 * since its last commit as the next group, so that a busy store shares fsyncs without anybody waiting for a timer.
 */

import { Worker } from 'node:worker_threads';
import { AppError, LIMITS } from '@holdfast/base';
import { type Command, type Failure, fromFailure, type Outcome, type ResultOf } from './commands.ts';
import type { EngineOptions } from './engine.ts';

export type Writer = {
  /**
   * Resolves when the command is durable. Rejects with the AppError that says why it did not happen, or with
   * `outcome_unknown` when that cannot be said: repeat it under the same name.
   */
  submit<C extends Command>(command: C): Promise<ResultOf<C>>;
  /** Commands that wait or are being written. */
  readonly waiting: number;
  /** Resolves with the reason when the writer can go on no longer; the process must end then. */
  readonly failed: Promise<unknown>;
  /** Writes what waits, checkpoints, closes the store. */
  close(): Promise<void>;
};

/** Messages to the thread: commands with their numbers, or the wish to end. */
export type ToThread = { kind: 'commands'; first: number; commands: Command[] } | { kind: 'close' };

/** Messages from the thread; outcomes are in the order of their numbers. */
export type FromThread =
  | { kind: 'ready' }
  | { kind: 'refused'; failure: Failure }
  | { kind: 'outcomes'; first: number; outcomes: Outcome[] }
  | { kind: 'failed'; reason: string }
  | { kind: 'warning'; reason: string }
  | { kind: 'closed' };

/** What a group of sales leaves behind is short-lived and small; V8's own choice would keep ten times as much. */
const YOUNG_GENERATION_MB = 4;

type Waiter = { resolve(value: unknown): void; reject(error: AppError): void };

/**
 * Starts the writer thread. Rejects with the AppError that kept the store from opening. `warn` hears of what went wrong
 * beside a commit that stands.
 */
export async function startWriterThread(
  options: EngineOptions,
  warn: (reason: string) => void,
): Promise<Writer> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  return await new Promise<Writer>((resolve, reject) => {
    const client = new ThreadClient(worker, warn);
    worker.once('message', (message: FromThread) => {
      if (message.kind === 'ready') resolve(client.attach());
      else if (message.kind === 'refused') reject(fromFailure(message.failure));
    });
    worker.once('error', reject);
  });
}

class ThreadClient implements Writer {
  readonly #worker: Worker;
  readonly #warn: (reason: string) => void;
  readonly #waiters = new Map<number, Waiter>();
  #queue: Command[] = [];
  #next = 0;
  #flushing = false;
  #closed: (() => void) | undefined;
  /** The thread has ended: nobody would answer. */
  #isOver = false;
  #fail: (reason: unknown) => void = () => {};
  readonly failed: Promise<unknown>;

  constructor(worker: Worker, warn: (reason: string) => void) {
    this.#worker = worker;
    this.#warn = warn;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  attach(): Writer {
    this.#worker.on('message', (message: FromThread) => this.#onMessage(message));
    this.#worker.removeAllListeners('error');
    this.#worker.on('error', (error) => this.#giveUp(error));
    this.#worker.on('exit', (code) => this.#giveUp(new Error(`the writer thread ended with code ${code}`)));
    return this;
  }

  submit<C extends Command>(command: C): Promise<ResultOf<C>> {
    if (this.#isOver)
      return Promise.reject(
        new AppError('store_unavailable', undefined, { headers: { 'retry-after': '2' } }),
      );
    if (this.#waiters.size >= LIMITS.writerQueueMax)
      return Promise.reject(new AppError('overloaded', undefined, { headers: { 'retry-after': '1' } }));
    return new Promise<ResultOf<C>>((resolve, reject) => {
      // The thread answers a command with the result of its type.
      this.#waiters.set(this.#next + this.#queue.length, {
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#queue.push(command);
      if (this.#flushing) return;
      this.#flushing = true;
      setImmediate(() => this.#flush());
    });
  }

  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#flush();
      const closed = new Promise<void>((resolve) => {
        this.#closed = resolve;
      });
      this.#worker.postMessage({ kind: 'close' } satisfies ToThread);
      await closed;
      this.#isOver = true;
    }
    // Also one that has failed: it would keep the process from ending.
    await this.#worker.terminate();
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#queue.length === 0) return;
    this.#worker.postMessage({
      kind: 'commands',
      first: this.#next,
      commands: this.#queue,
    } satisfies ToThread);
    this.#next += this.#queue.length;
    this.#queue = [];
  }

  #onMessage(message: FromThread): void {
    if (message.kind === 'outcomes') {
      for (const [index, outcome] of message.outcomes.entries()) this.#settle(message.first + index, outcome);
    } else if (message.kind === 'failed') this.#giveUp(new Error(message.reason));
    else if (message.kind === 'warning') this.#warn(message.reason);
    else if (message.kind === 'closed') this.#closed?.();
  }

  #settle(number: number, outcome: Outcome): void {
    const waiter = this.#waiters.get(number);
    this.#waiters.delete(number);
    if (outcome.ok) waiter?.resolve(outcome.value);
    else waiter?.reject(fromFailure(outcome.failure));
  }

  #giveUp(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const error = new AppError('outcome_unknown', undefined, {
      cause: reason,
      headers: { 'retry-after': '2' },
    });
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
    this.#closed?.();
    this.#fail(reason);
  }
}
