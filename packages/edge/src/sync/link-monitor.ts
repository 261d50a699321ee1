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

const DETAILS: Record<LinkReason, string> = {
  reachable: 'The hub answers.',
  unknown: 'The hub has not been asked yet.',
  drill: 'A drill plays an outage.',
  not_enrolled: 'This edge is not enrolled with a hub.',
  refused: 'Nothing listens at the address of the hub.',
  timeout: 'The hub does not answer in time.',
  unreachable: 'The hub cannot be reached.',
  hub_error: 'What answers is not the hub, or it is in trouble.',
  rejected: 'The hub does not accept this device.',
};

export function createLinkMonitor(options: Options): LinkMonitor {
  const { drill, ports } = options;
  const nowMs = () => ports.clock.nowMs();
  const listeners = new Set<(online: boolean) => void>();
  let online = false;
  let reason: LinkReason = 'unknown';
  let sinceMs = nowMs();
  let lastContactMs: number | undefined;
  let lastContactMonotonicMs = Number.NEGATIVE_INFINITY;
  let good = 0;
  let bad = 0;
  let wake: AbortController | undefined;

  const become = (next: boolean, why: LinkReason) => {
    if (next === online) {
      reason = why;
      return;
    }
    online = next;
    reason = why;
    sinceMs = nowMs();
    for (const listener of [...listeners]) listener(online);
  };
  const noteGood = (needed: number) => {
    lastContactMs = nowMs();
    lastContactMonotonicMs = ports.clock.monotonicMs();
    bad = 0;
    good += 1;
    if (good >= needed) become(true, 'reachable');
  };
  const noteBad = (why: LinkReason) => {
    good = 0;
    bad += 1;
    const certain = why === 'drill' || why === 'refused' || why === 'not_enrolled' || reason === 'unknown';
    if (certain || bad >= BAD_IN_A_ROW || !online) become(false, why);
  };
  const probeOnce = async () => {
    const ask = options.probe();
    if (!ask) return noteBad('not_enrolled');
    try {
      await ask(PROBE_TIMEOUT_MS);
      noteGood(reason === 'unknown' || reason === 'drill' || reason === 'not_enrolled' ? 1 : GOOD_IN_A_ROW);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      noteBad(error.reason);
    }
  };
  const pauseMs = () => {
    if (online && bad > 0) return CONFIRM_MS;
    if (!online && good > 0) return CONFIRM_MS;
    if (online) return QUIET_MS;
    return backoffMs({ failures: bad, random: ports.random, capSeconds: OFFLINE_CAP_SECONDS });
  };
  return {
    name: 'link',
    get online() {
      return online;
    },
    status: () => ({
      state: online ? 'online' : 'offline',
      reason,
      detail: DETAILS[reason],
      since: new Date(sinceMs).toISOString(),
      mode: drill.mode,
      mode_until: drill.untilMs === null ? null : new Date(drill.untilMs).toISOString(),
      last_contact_at: lastContactMs === undefined ? null : new Date(lastContactMs).toISOString(),
    }),
    noteContact: () => noteGood(online ? 1 : GOOD_IN_A_ROW),
    noteFailure(error) {
      noteBad(error.reason);
      wake?.abort();
    },
    setMode(mode) {
      drill.set(mode);
      if (mode === 'offline') noteBad('drill');
      else if (reason === 'drill') reason = 'unknown';
      wake?.abort();
    },
    probeNow: probeOnce,
    onChange(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
    async run(signal) {
      while (!signal.aborted) {
        const quiet = ports.clock.monotonicMs() - lastContactMonotonicMs >= QUIET_MS;
        const asked = drill.mode !== 'auto' || !online || quiet || bad > 0;
        if (asked) await probeOnce();
        wake = new AbortController();
        await ports.timers.sleep(pauseMs(), AbortSignal.any([signal, wake.signal]));
      }
    },
  };
}
