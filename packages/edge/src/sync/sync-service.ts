/**
 * When to push. Each trigger of `sync.strategy` stands for itself; a person may always push. A timer is armed whatever
 * happens: nothing waits for the next sale to be sent.
 */
import { AppError, backoffMs, type Ports, type Service } from '@holdfast/base';
import { LinkError } from '@holdfast/client';
import type { PushResult } from '@holdfast/protocol';
import type { Logger } from '@holdfast/runtime';
import type { SyncTrigger } from '../config/options.ts';
import type { LaneSender } from './lane-sender.ts';
import type { LinkMonitor } from './link-monitor.ts';

export type SyncService = Service & {
  /** A sale was taken. */
  noteSale(): void;
  /** Pushes now, whatever the strategy. Rejects with `offline` while the link is down. */
  push(): Promise<PushResult>;
};

type Options = {
  senders: readonly LaneSender[];
  link: LinkMonitor;
  strategy: readonly SyncTrigger[];
  scheduleMs: number;
  idleMs: number;
  /** Operations that wait in all lanes. */
  countPending: () => number;
  ports: Ports;
  logger: Logger;
};

/** Sales that come close together travel together. */
const COALESCE_MS = 50;
/** The longest time the loop sleeps. */
const TICK_MS = 1_000;
/** Failures count on until there was success for this long. */
const FORGIVE_MS = 60_000;

export function createSyncService(options: Options): SyncService {
  return new Sync(options);
}

class Sync implements SyncService {
  readonly name = 'sync';
  readonly #options: Options;
  readonly #pushesAtOnce: boolean;
  #wake = new AbortController();
  /** Of the running service: a push by a person ends with it, too. */
  #stopping = new AbortController().signal;
  #draining: Promise<PushResult> | undefined;
  #saleSincePush = false;
  #lastSaleMs = Number.NEGATIVE_INFINITY;
  #lastScheduledMs: number;
  #failures = 0;
  #goodSinceMs: number | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  /** A push failed, was put off, or its time came while the link was down: it is made up for. */
  #isRetryOwed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#pushesAtOnce = options.strategy.includes('connectivity');
    this.#lastScheduledMs = options.ports.clock.monotonicMs();
  }

  noteSale(): void {
    this.#lastSaleMs = this.#options.ports.clock.monotonicMs();
    this.#saleSincePush = true;
    // Called for every sale: an edge that is offline, or about to look anyway, is not woken.
    if (this.#pushesAtOnce && this.#options.link.online && !this.#wake.signal.aborted) this.#wake.abort();
  }

  async push(): Promise<PushResult> {
    const { link } = this.#options;
    if (!link.online) await link.probeNow();
    if (!link.online)
      throw new AppError('offline', link.status().detail, { headers: { 'retry-after': '5' } });
    try {
      return await this.#drain(this.#stopping);
    } catch (error) {
      if (error instanceof LinkError)
        throw new AppError('offline', error.message, { cause: error, headers: { 'retry-after': '5' } });
      throw error;
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link, ports, logger } = this.#options;
    this.#stopping = signal;
    const stopListening = link.onChange(() => {
      this.#notBeforeMs = Number.NEGATIVE_INFINITY;
      this.#wake.abort();
    });
    try {
      while (!signal.aborted) {
        await ports.timers.sleep(TICK_MS, AbortSignal.any([signal, this.#wake.signal]));
        this.#wake = new AbortController();
        if (!this.#isDue()) continue;
        await ports.timers.sleep(COALESCE_MS, signal);
        try {
          await this.#drain(signal);
        } catch (error) {
          if (!(error instanceof LinkError) && !(error instanceof AppError)) throw error;
          logger.warn({ err: error }, 'a push failed and will be tried again');
        }
      }
    } finally {
      stopListening();
    }
  }

  #isDue(): boolean {
    const { link, ports, strategy, senders, countPending } = this.#options;
    const nowMs = ports.clock.monotonicMs();
    const scheduled = nowMs - this.#lastScheduledMs >= this.#options.scheduleMs;
    if (scheduled) this.#lastScheduledMs = nowMs;
    if (scheduled && !link.online) this.#isRetryOwed = true;
    if (!link.online || nowMs < this.#notBeforeMs) return false;
    const idle = nowMs - this.#lastSaleMs >= this.#options.idleMs;
    const due =
      strategy.includes('connectivity') ||
      (strategy.includes('schedule') && (scheduled || this.#isRetryOwed)) ||
      (strategy.includes('idle') && idle);
    return due && (countPending() > 0 || senders.some((sender) => sender.wantsResend));
  }

  /** One drain at a time: who asks while one is under way waits for it and, if sales came since, for the next. */
  async #drain(signal: AbortSignal): Promise<PushResult> {
    while (this.#draining) {
      const result = await this.#draining;
      if (!this.#saleSincePush) return result;
    }
    this.#saleSincePush = false;
    this.#draining = this.#drainAll(signal).finally(() => {
      this.#draining = undefined;
    });
    return await this.#draining;
  }

  async #drainAll(signal: AbortSignal): Promise<PushResult> {
    const { senders, link, countPending, ports } = this.#options;
    let pushed = 0;
    let skipped = 0;
    try {
      for (const sender of senders) {
        const done = await sender.drain(signal);
        pushed += done.pushed;
        skipped += done.quarantined;
        if (done.waitMs > 0) this.#notBeforeMs = ports.clock.monotonicMs() + done.waitMs;
        this.#isRetryOwed = done.waitMs > 0;
      }
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
    this.#noteSuccess();
    if (pushed > 0) link.noteContact();
    return { pushed, skipped, pending: countPending(), online: link.online };
  }

  #noteFailure(error: unknown): void {
    const { link, ports } = this.#options;
    if (error instanceof LinkError) link.noteFailure(error);
    this.#goodSinceMs = undefined;
    this.#isRetryOwed = true;
    this.#notBeforeMs =
      ports.clock.monotonicMs() + backoffMs({ failures: this.#failures, random: ports.random });
    this.#failures += 1;
  }

  #noteSuccess(): void {
    const nowMs = this.#options.ports.clock.monotonicMs();
    this.#goodSinceMs ??= nowMs;
    if (nowMs - this.#goodSinceMs >= FORGIVE_MS) this.#failures = 0;
  }
}
