import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Db, openForWriting, type StoreKey } from './open.ts';
import { assertTakenOver, readLog } from './wal.ts';

let folder: string;
let store: StoreKey;
let db: Db;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-wal-'));
  store = { path: join(folder, 'edge.db'), key: new Uint8Array(32).fill(7), cipher: 'chacha20' };
  db = openForWriting(store);
  db.exec('CREATE TABLE sale (id INTEGER PRIMARY KEY, text TEXT)');
});
afterEach(() => {
  if (db.open) db.close();
  rmSync(folder, { recursive: true });
});

function sell(count: number): void {
  for (let n = 0; n < count; n += 1)
    db.prepare('INSERT INTO sale (text) VALUES (?)').run('x'.repeat(3000 * (n % 4)));
}

/** Pages that SQLite sees in the log. */
function seen(): number {
  const [row] = db.pragma('wal_checkpoint(NOOP)') as [{ log: number }]; // One row, by SQLite's manual.
  return row.log;
}

test('a log is read as far as SQLite reads it', () => {
  sell(40);
  expect(readLog(store.path)).toBe(seen());
  expect(seen()).toBeGreaterThan(40);
});

test('of a log that was begun again the old pages do not count', () => {
  sell(40);
  const before = seen();
  db.pragma('wal_checkpoint(FULL)');
  sell(2);
  expect(readLog(store.path)).toBe(seen());
  expect(seen()).toBeLessThan(before);
});

test('what was torn off its end is a commit that did not happen', () => {
  sell(5);
  const whole = seen();
  const copy = join(folder, 'copy.db');
  for (const suffix of ['', '-wal']) copyFileSync(store.path + suffix, copy + suffix);
  truncateSync(`${copy}-wal`, statSync(`${copy}-wal`).size - 100);
  expect(readLog(copy)).toBeLessThan(whole);
  const opened = openForWriting({ ...store, path: copy });
  expect(opened.prepare('SELECT count(*) FROM sale').pluck().get()).toBe(4);
  opened.close();
});

test('no log, and one without a commit, hold nothing', () => {
  db.close();
  expect(readLog(store.path)).toBeUndefined();
  writeFileSync(`${store.path}-wal`, Buffer.alloc(100));
  expect(readLog(store.path)).toBeUndefined();
});

test('a store is not opened when SQLite took over less than its log holds', () => {
  const refused = expect.objectContaining({ code: 'store_unavailable' });
  expect(() => assertTakenOver(9, 8, 'edge.db')).toThrow(refused);
  expect(() => assertTakenOver(9, 9, 'edge.db')).not.toThrow();
});
