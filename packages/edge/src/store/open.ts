/**
 * Opens the store. What every connection must have is set and read back here, and nowhere else: these builds reopen a
 * WAL database with `synchronous=NORMAL`, and a store that runs so loses acknowledged sales when the power goes.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { AppError } from '@holdfast/base';
import Database from 'better-sqlite3-multiple-ciphers';
import { assertTakenOver, readLog } from './wal.ts';

export type Db = Database.Database;

/** Ciphers that authenticate pages: a flipped bit is an error, not wrong data. */
export const CIPHERS = ['chacha20', 'sqlcipher'] as const;
export type Cipher = (typeof CIPHERS)[number];

/** What opening needs; `key` is 32 raw bytes. */
export type StoreKey = { path: string; key: Uint8Array; cipher: Cipher };

/** "HOLD" in `PRAGMA application_id`: tells our databases from others. */
const APPLICATION_ID = 0x484f4c44;

/** Before it, WAL databases with several connections could be corrupted (fixed 2026-03-13). */
const SQLITE_MIN = '3.51.3';

/** How often, and after which pause, SQLite is asked again for what an edge that runs is writing to its log. */
const LOG_TRIES = 100;
const LOG_PAUSE_MS = 20;

const PLAIN_MAGIC = 'SQLite format 3\0';

/**
 * Opens the store for writing, creating it when the file is not there. Durable: every commit is fsynced before it
 * returns. Throws `key_wrong`, `store_not_encrypted`, `store_foreign`, `store_damaged`, `sqlite_too_old`,
 * `durability_refused`, and `store_unavailable` when a part of its log cannot be read. Nobody else may be writing.
 */
export function openForWriting(at: Opening): Db {
  // Made here with its mode: SQLite would take it from the umask, and gives the WAL the mode of the database.
  if (!existsSync(at.path)) closeSync(openSync(at.path, 'a', 0o600));
  const log = readLog(at.path);
  if (log === undefined) return openWriter(at);
  // While it is open, the one that writes is not the last to close, which would make an end of the log where SQLite
  // saw one.
  const reader = openForReading(at);
  try {
    return openWriter(at, (db) => assertTakenOver(log, framesTakenOver(db), at.path));
  } finally {
    reader.close();
  }
}

type Opening = StoreKey & { synchronous?: 'FULL' | 'NORMAL' | undefined };

function openWriter(at: Opening, check?: (db: Db) => void): Db {
  const db = new Database(at.path, { timeout: 5000 });
  return guarded(db, at.path, () => {
    applyKey(db, at);
    // A file without pages is new, too: a first start may have been killed before its first commit.
    if (db.pragma('page_count', { simple: true }) === 0) db.pragma(`application_id = ${APPLICATION_ID}`);
    else checkApplication(db, at.path);
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${at.synchronous ?? 'FULL'}`);
    db.pragma('wal_autocheckpoint = 0'); // The writer checkpoints when it chooses to.
    db.pragma('foreign_keys = ON');
    db.pragma('secure_delete = ON');
    db.pragma('cache_size = -4096');
    readBack(db, { journal_mode: 'wal', synchronous: at.synchronous === 'NORMAL' ? 1 : 2, foreign_keys: 1 });
    check?.(db);
  });
}

/** Opens a connection that cannot write. It sees what is committed when its statement starts. */
export function openForReading(at: StoreKey): Db {
  const db = new Database(at.path, { timeout: 5000, readonly: true, fileMustExist: true });
  return guarded(db, at.path, () => {
    applyKey(db, at);
    checkApplication(db, at.path);
    db.pragma('query_only = ON');
    db.pragma('synchronous = FULL');
    db.pragma('cache_size = -2048');
    readBack(db, { journal_mode: 'wal', synchronous: 2, query_only: 1 });
  });
}

/**
 * Opens a store that is to be read whole, whether an edge runs on it or not: as `openForReading`, and throws
 * `store_unavailable` when SQLite took over less of the log than it holds, which would pass for all there is.
 */
export function openWhole(at: StoreKey): Db {
  let held = readLog(at.path) ?? 0;
  const db = openForReading(at);
  return guarded(db, at.path, () => {
    // An edge that runs syncs what it has written to the log before it tells of it, and begins its log anew now and then.
    for (let tries = 0; tries < LOG_TRIES && framesTakenOver(db) < held; tries += 1) {
      pause(LOG_PAUSE_MS);
      if (framesTakenOver(db) < held) held = readLog(at.path) ?? 0;
    }
    assertTakenOver(held, framesTakenOver(db), at.path);
  });
}

/** Opens a copy of a store that nobody uses, such as a backup: a file alone, of any schema. It is not written to. */
export function openCopy(at: StoreKey): Db {
  const db = new Database(at.path, { readonly: true, fileMustExist: true });
  return guarded(db, at.path, () => {
    applyKey(db, at);
    checkApplication(db, at.path);
    db.pragma('query_only = ON');
  });
}

/**
 * Encrypts a copy that nobody uses under another key. What ends it in between leaves a copy that is of no use; a store
 * is therefore never changed in place, and one in WAL mode could not be.
 */
export function changeKeyOfCopy(at: StoreKey, to: StoreKey): void {
  const db = new Database(at.path, { fileMustExist: true });
  guarded(db, at.path, () => {
    applyKey(db, at);
    db.pragma(`cipher = '${to.cipher}'`);
    const raw = rawKey(to);
    db.rekey(raw);
    raw.fill(0);
  }).close();
}

/** Blocks this thread: SQLite's own calls, among which it stands, do as well. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function rawKey({ key }: StoreKey): Buffer {
  return Buffer.concat([Buffer.from('raw:'), key]);
}

function applyKey(db: Db, at: StoreKey): void {
  // Nothing may touch the database before the key: even `SELECT sqlite_version()` reads its first page.
  db.pragma(`cipher = '${at.cipher}'`);
  const raw = rawKey(at);
  db.key(raw);
  raw.fill(0);
  assertVersion(db);
}

function assertVersion(db: Db): void {
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  const older = version.localeCompare(SQLITE_MIN, 'en', { numeric: true }) < 0;
  if (older) throw new AppError('sqlite_too_old', `SQLite ${version} is older than ${SQLITE_MIN}`);
}

/** Pages of the log that SQLite has taken over; changes nothing. */
function framesTakenOver(db: Db): number {
  const [row] = db.pragma('wal_checkpoint(NOOP)') as [{ log: number }]; // One row, by SQLite's manual.
  return row.log;
}

function isPlain(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(PLAIN_MAGIC.length);
    return head.subarray(0, readSync(file, head, 0, head.length, 0)).toString('latin1') === PLAIN_MAGIC;
  } finally {
    closeSync(file);
  }
}

function checkApplication(db: Db, path: string): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    throw new AppError('store_foreign', `${path} opens with the key, but was not made by Holdfast`);
}

function readBack(db: Db, expected: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(expected)) {
    const actual = db.pragma(name, { simple: true });
    if (actual !== value)
      throw new AppError(
        'durability_refused',
        `PRAGMA ${name} is ${String(actual)} where ${value} is needed`,
      );
  }
}

/** Runs `prepare`; on failure closes the connection and says what is wrong in the words of the table. */
function guarded(db: Db, path: string, prepare: () => void): Db {
  try {
    prepare();
    return db;
  } catch (error) {
    db.close();
    // Looked at in failure alone: closing a file takes the locks of every connection of this process with it.
    const isKeyRefused = error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB';
    if (isKeyRefused && isPlain(path))
      throw new AppError('store_not_encrypted', `${path} is a plain SQLite database`, { cause: error });
    throw mapOpenError(error, path);
  }
}

/** An error of SQLite or of the file system at a start, in the words of the table; anything else as it is. */
export function mapOpenError(error: unknown, path: string): unknown {
  if (isSystemError(error)) return mapSystemError(error, path);
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === 'SQLITE_NOTADB')
    return new AppError(
      'key_wrong',
      `The key does not open ${path}: it is the key of another store, or the first page is damaged and a backup is needed`,
      { cause: error },
    );
  if (error.code.startsWith('SQLITE_CORRUPT'))
    return new AppError('store_damaged', `${path} is damaged`, { cause: error });
  if (error.code === 'SQLITE_FULL')
    return new AppError('no_room', `The disk that holds ${path} is full. Nothing is lost.`, { cause: error });
  return new AppError('store_unavailable', `${path} cannot be opened: ${error.message}`, { cause: error });
}

type SystemError = Error & { code: string; syscall: string };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function mapSystemError(error: SystemError, path: string): AppError {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    return new AppError('no_room', `The disk that holds ${path} is full. Nothing is lost.`, { cause: error });
  return new AppError('store_unavailable', `A file beside ${path} cannot be used: ${error.message}`, {
    cause: error,
  });
}
