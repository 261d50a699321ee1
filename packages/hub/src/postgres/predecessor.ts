/**
 * A postmaster that still holds the data folder. When its hub was killed it lives on as an orphan: nobody tells it to
 * stop, and a second one must not start beside it. Stopping it is safe, for it commits or rolls back like any stop.
 */
import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, type Ports } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import { isMissing } from './cluster.ts';

const run = promisify(execFile);
const DYING_MS = 10_000;
const STOPPING_MS = 30_000;
const LOOK_EVERY_MS = 50;

/**
 * Returns when no postmaster holds `dataFolder`. One that does is given 10 s to die by itself while its owner lives,
 * none when its owner is dead; then it is stopped (fast shutdown). Throws AppError `data_folder_in_use` when the
 * owner goes on living and `postgres_failed` when the postmaster does not stop.
 */
export async function clearPredecessor(options: {
  dataFolder: string;
  ownerFile: string;
  ports: Ports;
  logger: Logger;
}): Promise<void> {
  const { dataFolder, ports } = options;
  const pidFile = join(dataFolder, 'postmaster.pid');
  const pid = await readPid(pidFile);
  if (pid === undefined) return;
  if (!(await isPostmasterOf(pid, dataFolder))) {
    // The number is free or belongs to another program by now; PostgreSQL itself would refuse to start over it.
    await rm(pidFile, { force: true });
    return;
  }
  const owner = await livingOwner(options.ownerFile);
  if (owner !== undefined && owner !== process.pid) {
    if (await isGone(pid, ports, DYING_MS)) return;
    throw new AppError('data_folder_in_use', `The process ${owner} uses the PostgreSQL in ${dataFolder}`);
  }
  options.logger.warn({ pid }, 'stopping the PostgreSQL of a hub that is gone');
  signal(pid, 'SIGINT');
  if (await isGone(pid, ports, STOPPING_MS)) return;
  signal(pid, 'SIGQUIT');
  if (await isGone(pid, ports, DYING_MS)) return;
  throw new AppError('postgres_failed', `The PostgreSQL ${pid} in ${dataFolder} does not stop`);
}

/** The port of a postmaster that runs on `dataFolder`, answers, and whose owner lives; undefined otherwise. */
export async function readRunning(folder: {
  dataFolder: string;
  ownerFile: string;
}): Promise<{ port: number } | undefined> {
  const lines = await readLines(join(folder.dataFolder, 'postmaster.pid'));
  const pid = numberOf(lines?.[0]);
  const port = numberOf(lines?.[3]);
  const isReady = lines?.[7]?.trim() === 'ready';
  if (pid === undefined || port === undefined || !isReady) return undefined;
  if (!(await isPostmasterOf(pid, folder.dataFolder))) return undefined;
  return (await livingOwner(folder.ownerFile)) === undefined ? undefined : { port };
}

/** The process that started the server of a folder, while it lives. */
async function livingOwner(ownerFile: string): Promise<number | undefined> {
  const owner = await readPid(ownerFile);
  return owner !== undefined && isAlive(owner) && !(await isZombie(owner)) ? owner : undefined;
}

/** The number in the first line of a file; undefined without the file. */
async function readPid(path: string): Promise<number | undefined> {
  return numberOf((await readLines(path))?.[0]);
}

async function readLines(path: string): Promise<string[] | undefined> {
  try {
    return (await readFile(path, 'utf8')).split('\n');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A whole number above 1, as pids and ports are. */
function numberOf(line: string | undefined): number | undefined {
  const number = Number(line);
  return Number.isInteger(number) && number > 1 ? number : undefined;
}

/** A postmaster's working directory is its data folder; where that cannot be read, its command line names it. */
async function isPostmasterOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const folder = await realpath(dataFolder);
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === folder;
  } catch {
    // No /proc on this system, or a process that has just gone: ask ps instead.
  }
  try {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.includes('postgres') && (stdout.includes(folder) || stdout.includes(dataFolder));
  } catch {
    return false; // ps fails for a process that is not there.
  }
}

async function isGone(pid: number, ports: Ports, withinMs: number): Promise<boolean> {
  const until = ports.clock.monotonicMs() + withinMs;
  while (isAlive(pid) && !(await isZombie(pid))) {
    if (ports.clock.monotonicMs() > until) return false;
    await ports.timers.sleep(LOOK_EVERY_MS);
  }
  return true;
}

/** A dead process that nobody has waited for still has a number; containers without an init keep such for ever. */
async function isZombie(pid: number): Promise<boolean> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3) === 'Z';
  } catch {
    return false; // No /proc on this system, or the process has just gone.
  }
}

function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

/** Sends a signal; false when there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') return true;
    throw error;
  }
}
