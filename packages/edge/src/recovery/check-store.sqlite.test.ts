import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommands, saleCommand } from '../export/testing-store.ts';
import { type Db, openForWriting } from '../store/open.ts';
import { registered, testFolder } from '../testing.ts';
import { checkStore } from './check-store.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

/** A commit of two sales under the first key, and two more commits under the one that replaced it. */
function storeOfTwoKeys(): void {
  runCommands(folder, [saleCommand(), saleCommand()]);
  runCommands(folder, [{ type: 'next_key', instead_of: undefined }]);
  runCommands(folder, [
    { type: 'enrol', answer: registered(), hub_url: 'http://127.0.0.1:1' },
    saleCommand(),
  ]);
}

/** The verdict on the store after `change`. */
function verdictAfter(change: (db: Db) => void) {
  const db = openForWriting(folder.engine.store);
  try {
    change(db);
    return checkStore(db);
  } finally {
    db.close();
  }
}

describe('seals of a key that was replaced', () => {
  it('are verified with it', () => {
    storeOfTwoKeys();
    const verdict = verdictAfter(() => undefined);
    expect(verdict).toMatchObject({ kind: 'sound', summary: { entries: 5, seals: 4 } });
  });

  it('are found out when they were changed', () => {
    storeOfTwoKeys();
    const verdict = verdictAfter((db) => {
      db.prepare(
        'UPDATE seal SET signature = (SELECT signature FROM seal ORDER BY entry_id LIMIT 1 OFFSET 1) WHERE entry_id = (SELECT min(entry_id) FROM seal)',
      ).run();
    });
    expect(verdict).toEqual({
      kind: 'unsound',
      reason: 'Stream 0: the seal at 1: the signature of the seal does not verify',
    });
  });

  it('are not taken from a key that the device never had', () => {
    storeOfTwoKeys();
    const verdict = verdictAfter((db) => void db.prepare("DELETE FROM meta WHERE key = 'former_keys'").run());
    expect(verdict).toMatchObject({ kind: 'unsound', reason: expect.stringContaining('not accepted') });
  });
});
