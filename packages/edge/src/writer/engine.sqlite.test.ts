import { systemPorts, uuidV7 } from '@holdfast/base';
import { entryHash } from '@holdfast/journal';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEntries } from '../store/entries.ts';
import { readMeta } from '../store/meta.ts';
import { migrate } from '../store/migrations/index.ts';
import { openForReading, openForWriting } from '../store/open.ts';
import { openStream } from '../store/streams.ts';
import { listTransactions } from '../store/transactions.ts';
import { saleText, testFolder } from '../testing.ts';
import type { Command, Outcome, SaleResult } from './commands.ts';
import { type EngineHooks, NO_HOOKS, WriterEngine } from './engine.ts';
import { readSentinel } from './sentinel.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const sale = (text = saleText(), op_id = uuidV7(systemPorts)): Extract<Command, { type: 'sale' }> => ({
  type: 'sale',
  op_id,
  text,
  terminal_id: null,
  staff_id: null,
});

function withEngine<T>(fn: (engine: WriterEngine) => T, hooks?: EngineHooks): T {
  const engine = new WriterEngine(folder.engine, systemPorts, hooks);
  try {
    return fn(engine);
  } finally {
    engine.close();
  }
}

function read<T>(fn: (db: ReturnType<typeof openForReading>) => T): T {
  const db = openForReading(folder.engine.store);
  try {
    return fn(db);
  } finally {
    db.close();
  }
}

const code = (outcome: Outcome | undefined) => (outcome?.ok ? 'ok' : outcome?.failure.code);
const answer = (outcome: Outcome | undefined): SaleResult => {
  if (!outcome?.ok) throw new Error(`refused: ${code(outcome)}`);
  return outcome.value as SaleResult; // The command was a sale.
};

describe('a group of commands', () => {
  it('takes back from the chain what a command had appended before it failed', () => {
    const db = openForWriting(folder.engine.store);
    db.exec(`CREATE TRIGGER refuse BEFORE INSERT ON edge_transactions WHEN new.customer_reference = 'refuse'
      BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    db.close();
    const refused = sale(saleText(1, { customer_reference: 'refuse' }));
    const outcomes = withEngine((engine) => [
      ...engine.execute([sale(), refused, sale()]),
      ...engine.execute([refused]),
      ...engine.execute([sale()]),
    ]);
    expect(outcomes.map(code)).toEqual(['ok', 'store_unavailable', 'ok', 'store_unavailable', 'ok']);
    read((reader) => {
      const { stream_no, tip_seq, tip_hash } = openStream(reader, 'transactions');
      expect(tip_seq).toBe(3);
      const entries = readEntries(reader, { streamNo: stream_no, fromSeq: 1, count: 9 });
      expect(entries.map(({ header }) => JSON.parse(header).seq)).toEqual([1, 2, 3]);
      let hash: Buffer = Buffer.alloc(32);
      for (const entry of entries) {
        hash = entryHash(hash, entry.header);
        expect(entry.hash.equals(hash)).toBe(true);
      }
      expect(tip_hash.equals(hash)).toBe(true);
    });
  });

  it('is in the mark beside the store only when it is in the store', () => {
    const marked = () => readSentinel(folder.engine.sentinelPath)?.tips.transactions ?? 0;
    const before: number[] = [];
    const hooks: EngineHooks = {
      ...NO_HOOKS,
      aroundCommit(commit) {
        before.push(marked());
        commit();
      },
    };
    withEngine((engine) => [...engine.execute([sale(), sale()]), ...engine.execute([sale()])], hooks);
    expect(before).toEqual([0, 2]);
    expect(marked()).toBe(3);
  });

  it('is one commit with one seal, and leaves refused neighbours out', () => {
    const outcomes = withEngine((engine) =>
      engine.execute([sale(), sale('{'), sale(saleText('-1')), sale(saleText('0.001')), sale(saleText(1.1))]),
    );
    expect(outcomes.map(code)).toEqual(['ok', 'malformed_json', 'invalid_request', 'amount_precision', 'ok']);
    read((db) => {
      expect(openStream(db, 'transactions').tip_seq).toBe(2);
      expect(db.prepare('SELECT count(*) FROM seal').pluck().get()).toBe(1);
      expect(listTransactions(db, { limit: 9 }).transactions.map((row) => row.amount_total)).toEqual([
        '1.10',
        '45.00',
      ]);
    });
  });

  it('answers a repeat with the stored answer, also inside the group and after a restart', () => {
    const first = sale();
    const [one, two] = withEngine((engine) => engine.execute([first, first]));
    const [three] = withEngine((engine) => engine.execute([first]));
    expect(answer(one).replayed).toBe(false);
    expect([answer(two), answer(three)]).toEqual([
      { body: answer(one).body, replayed: true },
      { body: answer(one).body, replayed: true },
    ]);
  });

  it('refuses another body under the same name', () => {
    const first = sale();
    const outcomes = withEngine((engine) => engine.execute([first, { ...first, text: saleText('46.00') }]));
    expect(outcomes.map(code)).toEqual(['ok', 'idempotency_key_reused']);
  });
});

describe('a COMMIT that throws', () => {
  const failing = (when: 'before' | 'after'): EngineHooks => {
    let armed = true;
    return {
      ...NO_HOOKS,
      aroundCommit(commit) {
        if (!armed || when === 'after') commit();
        if (armed) {
          armed = false;
          throw new Error('the disk said no');
        }
      },
    };
  };

  it('is answered as taken when the store turns out to hold the sale', () => {
    const outcomes = withEngine((engine) => engine.execute([sale(), sale()]), failing('after'));
    expect(outcomes.map(code)).toEqual(['ok', 'ok']);
    expect(read((db) => listTransactions(db, { limit: 9 }).transactions).length).toBe(2);
  });

  it('is run again when the reserve gave back the room that it lacked', () => {
    let isFirst = true;
    const hooks: EngineHooks = {
      ...NO_HOOKS,
      aroundCommit(commit) {
        if (!isFirst) return commit();
        isFirst = false;
        throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
      },
    };
    withEngine((engine) => {
      expect(engine.execute([sale(), sale()]).map(code)).toEqual(['ok', 'ok']);
    }, hooks);
    expect(read((db) => openStream(db, 'transactions').tip_seq)).toBe(2);
  });

  it('is refused for want of room when there is none, and the store goes on once there is', () => {
    let free = 2 ** 40;
    const hooks: EngineHooks = {
      ...NO_HOOKS,
      freeBytes: () => free,
      aroundCommit(commit) {
        if (free > 0) return commit();
        throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
      },
    };
    withEngine((engine) => {
      expect(engine.execute([sale()]).map(code)).toEqual(['ok']);
      free = 0; // Between two looks at the disk: the next sale is not refused beforehand.
      expect(engine.execute([sale()]).map(code)).toEqual(['no_room']);
      expect(engine.failed).toBeUndefined();
      free = 2 ** 40;
      expect(engine.execute([sale()]).map(code)).toEqual(['ok']);
    }, hooks);
    expect(read((db) => openStream(db, 'transactions').tip_seq)).toBe(2);
  });

  it('is answered as not taken when it does not, and the next sale goes on from the same place', () => {
    const hooks = failing('before');
    const outcomes = withEngine(
      (engine) => [...engine.execute([sale()]), ...engine.execute([sale()])],
      hooks,
    );
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([false, true]);
    read((db) => {
      expect(openStream(db, 'transactions').tip_seq).toBe(1);
      expect(listTransactions(db, { limit: 9 }).transactions.length).toBe(1);
    });
  });
});

describe('a new incarnation', () => {
  it('wraps what is not acked again: same operations, same bodies, new places', () => {
    const before = withEngine((engine) => engine.execute([sale(), sale(), sale()]));
    const rows = read((db) => listTransactions(db, { limit: 9 }).transactions);
    withEngine((engine) => engine.execute([{ type: 'rewrap', why: 'fork', from: { stream_no: 0, seq: 2 } }]));
    expect(before.map(code)).toEqual(['ok', 'ok', 'ok']);
    read((db) => {
      const stream = openStream(db, 'transactions');
      expect(stream).toMatchObject({ stream_no: 1, tip_seq: 3, acked_seq: 0 });
      const after = listTransactions(db, { limit: 9 }).transactions;
      expect(after.map((row) => [row.edge_transaction_id, row.receipt_code])).toEqual(
        rows.map((row) => [row.edge_transaction_id, row.receipt_code]),
      );
      const bodies = (streamNo: number) =>
        readEntries(db, { streamNo, fromSeq: 1, count: 9 }).map((entry) => entry.body);
      expect(bodies(1)).toEqual(bodies(0));
    });
  });
});

/** Takes away what later schemas added. */
const TO_FIRST_SCHEMA = `
  DROP TABLE card_payment;
  DROP TABLE workflow_current;
  DROP TABLE workflow_definition;
  DROP TABLE workflow_instance;
  DROP TABLE workflow_record;
  DROP TABLE workflow_schedule;
  DROP INDEX edge_transactions_pending;
  DROP TABLE pin_lock;
  ALTER TABLE catalogue_item DROP COLUMN snapshot;
  ALTER TABLE staff DROP COLUMN snapshot;
  ALTER TABLE stream DROP COLUMN pruned_seq;
  ALTER TABLE stream DROP COLUMN pruned_hash;
  PRAGMA user_version = 1;
`;

describe('a store of the first schema', () => {
  it('opens with what waits, and sells on', async () => {
    folder.remove();
    folder = await testFolder();
    const { store } = folder.engine;
    withEngine((engine) => engine.execute([sale(), sale()]));
    const old = openForWriting(store);
    old.exec(TO_FIRST_SCHEMA);
    old.close();
    const db = openForWriting(store);
    migrate(db);
    db.close();
    const outcomes = withEngine((engine) => engine.execute([sale()]));
    expect(outcomes.map(code)).toEqual(['ok']);
    expect(
      read((reader) => listTransactions(reader, { limit: 9, synced: false }).transactions).map(
        (row) => row.seq,
      ),
    ).toEqual([3, 2, 1]);
  });
});

describe('a body that no longer fits its hash', () => {
  it('is not wrapped again, and somebody is told', () => {
    withEngine((engine) => engine.execute([sale(), sale(), sale()]));
    const db = openForWriting(folder.engine.store);
    db.prepare("UPDATE entry SET body = replace(body, '45.00', '46.00') WHERE entry_id = 2").run();
    db.close();
    const [outcome] = withEngine((engine) => engine.execute([{ type: 'rewrap', why: 'invalid' }]));
    expect(outcome).toMatchObject({ ok: true, value: { rewrapped: 2, damaged: 1 } });
    read((reader) => expect(readMeta(reader, 'attention')).toContain('1 sales'));
  });
});

describe('a restored hub', () => {
  const changed = (acked_seq: number, head_hash: string): Command => ({
    type: 'hub_changed',
    stream_no: 0,
    generation: 'c'.repeat(32),
    acked_seq,
    head_hash,
  });
  const waiting = () =>
    read((db) => listTransactions(db, { limit: 9, synced: false }).transactions.map((row) => row.seq));

  it('has what its head says, when the head is ours', () => {
    withEngine((engine) => engine.execute([sale(), sale(), sale()]));
    const head = read((db) =>
      readEntries(db, { streamNo: 0, fromSeq: 2, count: 1 })[0]?.hash.toString('hex'),
    );
    withEngine((engine) => engine.execute([changed(2, head ?? '')]));
    expect(waiting()).toEqual([3]);
  });

  it('has nothing that is sure, when the head is not', () => {
    withEngine((engine) => engine.execute([sale(), sale(), sale()]));
    for (const [seq, hash] of [
      [2, 'd'.repeat(64)],
      [9, 'd'.repeat(64)],
    ] as const) {
      withEngine((engine) => engine.execute([changed(seq, hash)]));
      expect(waiting()).toEqual([3, 2, 1]);
      expect(read((db) => openStream(db, 'transactions').acked_seq)).toBe(0);
    }
  });
});
