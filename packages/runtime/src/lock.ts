/**
 * One process per data folder. The lock is the kernel's (a POSIX or Windows file lock, taken through the SQLite that
 * Node carries), so that it ends with its holder however that ends: kill -9, a crash, a reboot. There is no stale lock
 * to judge, no pid to misread across containers, and no race between two that take over.
 *
 * The lock file is never opened by anything else: under POSIX, closing any descriptor of a file gives up the
 * process's locks on it. Who holds the lock is therefore written beside it, for the message alone.
 */
import { chmodSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError, type Ports } from '@holdfast/base';
import { ensureFolder, writeFileDurably } from './files.ts';

/** A held lock. Releasing twice does nothing. */
export type FolderLock = { release(): void };

const LOCK_FILE = 'process.lock';
const HOLDER_FILE = 'process.pid';
const POLL_MS = 50;
const SQLITE_BUSY = 5;

/**
 * Takes the folder for this process, making it where it is missing. While another process has it, waits up to
 * `waitMs` and then throws AppError `data_folder_in_use`.
 */
export async function lockFolder(
  path: string,
  { waitMs, ports }: { waitMs: number; ports: Pick<Ports, 'clock' | 'timers'> },
): Promise<FolderLock> {
  await ensureFolder(path).catch((error: unknown) => {
    throw notUsable(path, error);
  });
  const untilMs = ports.clock.monotonicMs() + waitMs;
  for (;;) {
    const held = tryLock(path);
    if (held !== undefined) return hold(path, held);
    if (ports.clock.monotonicMs() >= untilMs) throw await inUse(path);
    await ports.timers.sleep(POLL_MS);
  }
}

async function hold(path: string, database: DatabaseSync): Promise<FolderLock> {
  try {
    await writeFileDurably(join(path, HOLDER_FILE), `${process.pid}\n`);
  } catch {
    // A full disk must not keep a process from starting: the file is for a message alone, which then names no pid.
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/** The connection that holds the lock, or undefined while another one does. Nothing is ever written to the file. */
function tryLock(path: string): DatabaseSync | undefined {
  const file = join(path, LOCK_FILE);
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw notUsable(path, error);
  }
  try {
    // Whoever can read the file can lock it. By its name: opening it would give up locks this process holds.
    chmodSync(file, 0o600);
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw notUsable(path, error);
  }
}

/** A folder that is read-only, another user's, full or a file, in one sentence. */
function notUsable(path: string, cause: unknown): AppError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new AppError('config_invalid', `The folder ${path} cannot be written to${why}.`, { cause });
}

async function inUse(path: string): Promise<AppError> {
  const holder = await readHolder(join(path, HOLDER_FILE));
  const who = holder === undefined ? 'Another process' : `Process ${holder}`;
  return new AppError('data_folder_in_use', `${who} uses the data folder ${path}.`);
}

/** The pid in the file; undefined where the holder has not written it yet. */
async function readHolder(file: string): Promise<string | undefined> {
  try {
    return /^\d+/.exec(await readFile(file, 'utf8'))?.[0];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
