/**
 * The adapter to what ends `holdfast dev`: signals, and the end of the npm that started it. npm passes a Ctrl-C on that
 * the terminal has sent to the whole group already: two signals within a moment are one.
 */
import { readFileSync } from 'node:fs';
import type { Ports } from '@holdfast/base';
import type { Environment } from '@holdfast/runtime';

const SAME_MOMENT_MS = 1_000;
const LOOK_AT_PARENT_EVERY_MS = 1_000;
const EXIT_GRACE_MS = 1_000;
const EXIT_FORCED = 130;

export type StopSignals = {
  /** Aborts at the first signal. */
  signal: AbortSignal;
  /** Stops listening; a process that something still holds then ends all the same. */
  end(): void;
};

/** Listens for SIGINT, SIGTERM and SIGHUP. A second one calls `force` and ends the process at once. */
export function listenForStop(options: { ports: Ports; env: Environment; force: () => void }): StopSignals {
  const { ports, env, force } = options;
  const stop = new AbortController();
  let firstMs = 0;
  const onSignal = () => {
    const nowMs = ports.clock.monotonicMs();
    if (!stop.signal.aborted) {
      firstMs = nowMs;
      stop.abort();
    } else if (nowMs - firstMs > SAME_MOMENT_MS) {
      force();
      process.exit(EXIT_FORCED);
    }
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  // Only npm is known to wait for us; a shell may rightly put us in the background and end.
  if (env.npm_lifecycle_event !== undefined) watchParent(ports, stop);
  return {
    signal: stop.signal,
    end: () => void ports.timers.after(EXIT_GRACE_MS, () => process.exit()),
  };
}

/** npm runs its scripts in a shell, which may outlive it: both are watched. */
function watchParent({ timers }: Ports, stop: AbortController): void {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const look = () => {
    if (process.ppid !== parent || parentOf(parent) !== grandparent) stop.abort();
    if (!stop.signal.aborted) timers.after(LOOK_AT_PARENT_EVERY_MS, look);
  };
  look();
}

/** The parent of a process, where the system has /proc; undefined elsewhere, and for a process that is gone. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // No /proc, or no such process: the caller compares what it knew before.
  }
}

/** True for root, who hands PostgreSQL over to another user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
