/** The rows of an edge's store, opened with its key: every value of every table, as it is and as text. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKey } from '@holdfast/crypto';
import Database from 'better-sqlite3-multiple-ciphers';

/** One row: `part` names its table and how many were before it; `bytes` are its values, each on a line. */
export type Row = { part: string; bytes: Buffer };

const CIPHER = 'chacha20';

/** The key of the store in a data folder, which has no passphrase. */
export function storeKeyIn(folder: string): Buffer {
  const opened = openKey({ text: readFileSync(join(folder, 'store.key'), 'utf8') });
  if (opened.kind !== 'ok') throw new Error(`${folder}: ${opened.reason}`);
  return opened.secret;
}

/** Opens the database at `path`, for writing as well. Its log is not taken over before somebody asks for it. */
export function openStore(path: string, key: Uint8Array): Database.Database {
  const db = new Database(path, { fileMustExist: true });
  db.pragma(`cipher = '${CIPHER}'`);
  db.key(Buffer.concat([Buffer.from('raw:'), key]));
  db.pragma('wal_autocheckpoint = 0');
  return db;
}

/** Every row of the database at `path`. It is read from a copy, so that file and log stay as they are. */
export function* rowsOfStore(path: string, key: Uint8Array): Generator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-search-'));
  try {
    const copy = join(folder, 'copy.db');
    cpSync(path, copy);
    if (existsSync(`${path}-wal`)) cpSync(`${path}-wal`, `${copy}-wal`);
    const db = openStore(copy, key);
    try {
      for (const table of tablesOf(db)) yield* rowsOfTable(db, table);
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tablesOf(db: Database.Database): string[] {
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  return ['sqlite_schema', ...names.map(String)];
}

function* rowsOfTable(db: Database.Database, table: string): Generator<Row> {
  let count = 0;
  const rows = db.prepare(`SELECT * FROM "${table}"`).raw().safeIntegers().iterate();
  for (const row of rows) {
    count += 1;
    const values = Array.isArray(row) ? row : [row];
    yield { part: `table ${table}, row ${count}`, bytes: joined(values.map(bytesOf)) };
  }
}

/** Values behind each other; the new line between them belongs to no form of card data. */
export function joined(values: readonly Uint8Array[]): Buffer {
  return Buffer.concat(values.flatMap((value) => [value, Buffer.from('\n')]));
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(String(value));
}
