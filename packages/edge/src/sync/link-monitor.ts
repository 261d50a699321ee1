/**
 * Whether the hub can be reached, found out by asking it. Hysteresis keeps a flickering line from flapping: two good
 * probes in a row bring the link up, two bad ones take it down; a drill, and a refused connection, count at once.
 */
import { backoffMs, type Ports, type Service } from '@holdfast/base';
import { type Drill, LinkError } from '@holdfast/client';
import type { LinkMode, LinkReason, LinkStatus } from '@holdfast/protocol';

export type LinkMonitor = Service & {
  readonly online: boolean;
  status(): LinkStatus;
  /** A request got an answer: the link works. */
  noteContact(): void;
  /** A request got none. */
  noteFailure(error: LinkError): void;
  /** Starts or ends a drill, and finds out at once what the link is like now. */
  setMode(mode: LinkMode): void;
  /** Probes now. Resolves when the state is known. */
  probeNow(): Promise<void>;
  /** Calls `fn` whenever the link goes up or down; returns how to stop that. */
  onChange(fn: (online: boolean) => void): () => void;
};

type Options = {
  drill: Drill;
  ports: Ports;
  /** Asks the hub; rejects with a LinkError. Undefined while no hub is known. */
  probe: () => ((timeoutMs: number) => Promise<void>) | undefined;
};

const PROBE_TIMEOUT_MS = 3_000;
/** While online, a link nobody used for this long is probed. */
const QUIET_MS = 5_000;
/** A second probe that shall confirm a first comes this soon. */
const CONFIRM_MS = 200;
const GOOD_IN_A_ROW = 2;
const BAD_IN_A_ROW = 2;
/** Seconds of the longest pause between probes while offline. */
const OFFLINE_CAP_SECONDS = 8;

/** Reasons that leave no doubt: one of them takes the link down at once, the next good probe brings it up. */
const CERTAIN: ReadonlySet<LinkReason> = new Set(['drill', 'refused', 'not_enrolled', 'unknown']);

const DETAILS: Record<LinkReason, string> = {
  reachable: 'The hub answers.',
  unknown: 'The hub has not been asked yet.',
  drill: 'A drill plays an outage.',
  not_enrolled: 'This edge is not enrolled with a hub.',
  refused: 'Nothing listens at the address of the hub.',
  timeout: 'The hub does not answer in time.',
  unreachable: 'The hub cannot be reached.',
  hub_error: 'What answers is not the hub, or it is in trouble.',
};

export function createLinkMonitor(options: Options): LinkMonitor {
  return new Monitor(options);
}

class Monitor implements LinkMonitor {
  readonly name = 'link';
  readonly #options: Options;
  readonly #listeners = new Set<(online: boolean) => void>();
  #online = false;
  #reason: LinkReason = 'unknown';
  #sinceMs: number;
  #lastContact: { wallMs: number; monotonicMs: number } | undefined;
  #good = 0;
  #bad = 0;
  #wake = new AbortController();

  constructor(options: Options) {
    this.#options = options;
    this.#sinceMs = options.ports.clock.nowMs();
  }

  get online(): boolean {
    return this.#online;
  }

  status(): LinkStatus {
    const { mode, untilMs } = this.#options.drill;
    const instant = (ms: number) => new Date(ms).toISOString();
    return {
      state: this.#online ? 'online' : 'offline',
      reason: this.#reason,
      detail: DETAILS[this.#reason],
      since: instant(this.#sinceMs),
      mode,
      mode_until: untilMs === null ? null : instant(untilMs),
      last_contact_at: this.#lastContact ? instant(this.#lastContact.wallMs) : null,
    };
  }

  noteContact(): void {
    // An answer to what was sent before a drill began says nothing about the link the drill plays.
    if (this.#reason !== 'drill') this.#noteGood();
  }

  noteFailure(error: LinkError): void {
    this.#noteBad(error.reason);
    this.#wake.abort();
  }

  setMode(mode: LinkMode): void {
    this.#options.drill.set(mode);
    if (mode === 'offline') this.#noteBad('drill');
    this.#wake.abort();
  }

  onChange(fn: (online: boolean) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  async probeNow(): Promise<void> {
    const ask = this.#options.probe();
    if (!ask) return this.#noteBad('not_enrolled');
    try {
      await ask(PROBE_TIMEOUT_MS);
      this.#noteGood();
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      this.#noteBad(error.reason);
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { timers } = this.#options.ports;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      if (this.#shouldAsk()) await this.probeNow();
      await timers.sleep(this.#pauseMs(), AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** A link in use proves itself. */
  #shouldAsk(): boolean {
    const { clock } = this.#options.ports;
    const quiet = !this.#lastContact || clock.monotonicMs() - this.#lastContact.monotonicMs >= QUIET_MS;
    return this.#options.drill.mode !== 'auto' || !this.#online || quiet || this.#bad > 0;
  }

  #pauseMs(): number {
    const toConfirm = this.#online ? this.#bad > 0 : this.#good > 0;
    if (toConfirm) return CONFIRM_MS;
    if (this.#online) return QUIET_MS;
    return backoffMs({
      failures: this.#bad,
      random: this.#options.ports.random,
      capSeconds: OFFLINE_CAP_SECONDS,
    });
  }

  #noteGood(): void {
    const { clock } = this.#options.ports;
    this.#lastContact = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
    this.#bad = 0;
    this.#good += 1;
    const needed = this.#online || CERTAIN.has(this.#reason) ? 1 : GOOD_IN_A_ROW;
    if (this.#good >= needed) this.#become(true, 'reachable');
  }

  #noteBad(reason: LinkReason): void {
    this.#good = 0;
    this.#bad += 1;
    // Half of the requests of a link that a drill makes intermittent are lost: one says as little as on a real one.
    const isFlicker = reason === 'drill' && this.#options.drill.mode === 'intermittent';
    const isSure = (CERTAIN.has(reason) && !isFlicker) || CERTAIN.has(this.#reason) || !this.#online;
    if (isSure || this.#bad >= BAD_IN_A_ROW) this.#become(false, reason);
  }

  #become(online: boolean, reason: LinkReason): void {
    this.#reason = reason;
    if (online === this.#online) return;
    this.#online = online;
    this.#sinceMs = this.#options.ports.clock.nowMs();
    for (const listener of [...this.#listeners]) listener(online);
  }
}
