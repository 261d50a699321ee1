/**
 * Opens the store. What every connection must have is set and read back here, and nowhere else: these builds reopen a
 * WAL database with `synchronous=NORMAL`, and a store that runs so loses acknowledged sales when the power goes.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { AppError } from '@holdfast/base';
import Database from 'better-sqlite3-multiple-ciphers';

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

const PLAIN_MAGIC = 'SQLite format 3\0';

/**
 * Opens the store for writing, creating it when the file is not there. Durable: every commit is fsynced before it
 * returns. Throws `key_wrong`, `store_not_encrypted`, `store_foreign`, `store_damaged`, `sqlite_too_old`,
 * `durability_refused`.
 */
export function openForWriting(at: StoreKey & { synchronous?: 'FULL' | 'NORMAL' | undefined }): Db {
  if (existsSync(at.path)) refusePlain(at.path);
  // Made here with its mode: SQLite would take it from the umask, and gives the WAL the mode of the database.
  else closeSync(openSync(at.path, 'a', 0o600));
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
  });
}

/** Opens a connection that cannot write. It sees what is committed when its statement starts. */
export function openForReading(at: StoreKey): Db {
  refusePlain(at.path);
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

function applyKey(db: Db, at: StoreKey): void {
  // Nothing may touch the database before the key: even `SELECT sqlite_version()` reads its first page.
  db.pragma(`cipher = '${at.cipher}'`);
  const raw = Buffer.concat([Buffer.from('raw:'), at.key]);
  db.key(raw);
  raw.fill(0);
  assertVersion(db);
}

function assertVersion(db: Db): void {
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  const older = version.localeCompare(SQLITE_MIN, 'en', { numeric: true }) < 0;
  if (older) throw new AppError('sqlite_too_old', `SQLite ${version} is older than ${SQLITE_MIN}`);
}

function refusePlain(path: string): void {
  const head = readHead(path, PLAIN_MAGIC.length);
  if (head === PLAIN_MAGIC) throw new AppError('store_not_encrypted', `${path} is a plain SQLite database`);
}

function readHead(path: string, length: number): string {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(file, head, 0, length, 0)).toString('latin1');
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
    throw mapOpenError(error, path);
  }
}

/** An error of SQLite at a start, in the words of the table; anything else as it is. */
export function mapOpenError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === 'SQLITE_NOTADB')
    return new AppError('key_wrong', `The key does not open ${path}`, { cause: error });
  if (error.code.startsWith('SQLITE_CORRUPT'))
    return new AppError('store_damaged', `${path} is damaged`, { cause: error });
  if (error.code === 'SQLITE_FULL')
    return new AppError('no_room', `The disk that holds ${path} is full. Nothing is lost.`, { cause: error });
  return new AppError('store_unavailable', `${path} cannot be opened: ${error.message}`, { cause: error });
}
