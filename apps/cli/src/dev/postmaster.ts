/**
 * The adapter to a postmaster whose guard was killed: an orphan that nobody would stop. The next start would find and
 * stop it too; a run that ends cleanly leaves none.
 */
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '@holdfast/base';

const FAST_SHUTDOWN_MS = 2_000;
const LOOK_EVERY_MS = 25;

/** The cluster's folder and the postmaster its guard last told of. */
export type Orphan = { dataFolder: string; knownPid: number | undefined };

/** Stops a postmaster that still runs on the folder: fast, and at once when that takes longer than two seconds. */
export async function stopOrphan(orphan: Orphan, ports: Pick<Ports, 'clock' | 'timers'>): Promise<void> {
  const pid = findOrphan(orphan);
  if (pid === undefined) return;
  const untilMs = ports.clock.monotonicMs() + FAST_SHUTDOWN_MS;
  send(pid, 'SIGINT');
  while (findOrphan(orphan) === pid) {
    if (ports.clock.monotonicMs() > untilMs) return void send(pid, 'SIGQUIT');
    await ports.timers.sleep(LOOK_EVERY_MS);
  }
}

/** Ends a postmaster on the folder at once, without waiting. */
export function quitOrphan(orphan: Orphan): void {
  const pid = findOrphan(orphan);
  if (pid !== undefined) send(pid, 'SIGQUIT');
}

/**
 * The living postmaster that the cluster's pid file names. A number is reused by other programs: it counts only where
 * that process works in the folder, or, without /proc, where this run's guard started it.
 */
function findOrphan({ dataFolder, knownPid }: Orphan): number | undefined {
  const pid = readPid(join(dataFolder, 'postmaster.pid'));
  if (pid === undefined || !send(pid, 0)) return undefined;
  const folder = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
  const isIt = folder === undefined ? pid === knownPid : folder === attempt(() => realpathSync(dataFolder));
  return isIt ? pid : undefined;
}

function readPid(path: string): number | undefined {
  const pid = Number(attempt(() => readFileSync(path, 'utf8'))?.split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** The text, or undefined where there is no such file: PostgreSQL removes its own as it ends. */
function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** False when there is no such process. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
