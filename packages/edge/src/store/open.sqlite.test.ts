import { readFileSync, writeFileSync } from 'node:fs';
import { isAppError } from '@holdfast/base';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testFolder } from '../testing.ts';
import { type Db, openForReading, openForWriting } from './open.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

function pragmasOf(open: () => Db, names: readonly string[]): Record<string, unknown> {
  const db = open();
  try {
    return Object.fromEntries(names.map((name) => [name, db.pragma(name, { simple: true })]));
  } finally {
    db.close();
  }
}

/** The code of the AppError that opening ends with. */
function refusal(open: () => Db): string {
  try {
    open().close();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'opened';
}

describe('a connection', () => {
  it('that writes is durable at every opening, not only at the first', () => {
    const durable = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1, secure_delete: 1 };
    for (let opening = 0; opening < 3; opening += 1)
      expect(pragmasOf(() => openForWriting(folder.engine.store), Object.keys(durable))).toEqual(durable);
  });

  it('that reads cannot write', () => {
    const reading = { journal_mode: 'wal', synchronous: 2, query_only: 1 };
    expect(pragmasOf(() => openForReading(folder.engine.store), Object.keys(reading))).toEqual(reading);
  });
});

describe('what is not our store', () => {
  it('is told apart: another key, a plain database, one of another program', () => {
    const { store } = folder.engine;
    const wrong = { ...store, key: Buffer.alloc(32, 1) };
    expect(refusal(() => openForWriting(wrong))).toBe('key_wrong');

    const plain = `${store.path}.plain`;
    const made = new Database(plain);
    made.exec('CREATE TABLE t (x)');
    made.close();
    expect(refusal(() => openForWriting({ ...store, path: plain }))).toBe('store_not_encrypted');

    const foreign = openForWriting(store);
    foreign.pragma('application_id = 7');
    foreign.close();
    expect(refusal(() => openForWriting(store))).toBe('store_foreign');
  });

  it('is a store of which a page was changed', () => {
    const { store } = folder.engine;
    const bytes = readFileSync(store.path);
    bytes.fill(0, 0, 512);
    writeFileSync(store.path, bytes);
    expect(['key_wrong', 'store_damaged']).toContain(refusal(() => openForWriting(store)));
  });
});
