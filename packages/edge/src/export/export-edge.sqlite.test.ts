/**
 * A store is exported and verified; then every column of every row is changed, one at a time, and each change must be
 * found. What cannot be found is listed, with the reason.
 */
import { must, systemPorts } from '@holdfast/base';
import { type ExportRecord, type VerifyReport, verifyExport } from '@holdfast/verify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForReading } from '../store/open.ts';
import { exportEdge } from './export-edge.ts';
import { openToDamage, runCommands, saleCommand, storeWithHistory } from './testing-store.ts';

type Db = ReturnType<typeof openToDamage>;

let folder: Awaited<ReturnType<typeof storeWithHistory>>;
beforeEach(async () => {
  folder = await storeWithHistory();
});
afterEach(() => folder.remove());

const verify = (db: Db, options = {}): Promise<VerifyReport> =>
  verifyExport(exportEdge(db, { nowMs: systemPorts.clock.nowMs() }), options);

/** What nothing else in the store contradicts. */
const UNTOLD: Readonly<Record<string, string>> = {
  'stream.last_ack_at': 'a reading of the clock',
  'stream.opened_at': 'a reading of the clock',
  'stream.closed_at': 'a reading of the clock',
  'stream.quarantined': 'a count of what the hub said in its answers',
  'stream.safe_seq': 'an ack may have said more before than the last one does',
  'edge_transactions.synced_at': 'a reading of the clock',
};

/** The contents of a pruned sale are at the hub; here nothing is left but its row. */
const UNTOLD_OF_PRUNED = ['op_id', 'synced_at'];

/** Other values in the place of one. */
function changesOf(value: unknown): unknown[] {
  if (value === null) return [1];
  if (typeof value === 'number' || typeof value === 'bigint') return [Number(value) + 1, Number(value) - 1];
  if (Buffer.isBuffer(value))
    return [0, value.length >> 1, value.length - 1].map((at) => flipByte(value, at));
  const bytes = Buffer.from(String(value));
  if (bytes.length === 0) return ['x'];
  return [0, bytes.length >> 1, bytes.length - 1].map((at) => flipByte(bytes, at).toString());
}

function flipByte(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return flipped;
}

function isWithoutEntry(db: Db, id: number): boolean {
  return db.prepare('SELECT 1 FROM entry WHERE entry_id = ?').get(id) === undefined;
}

type Change = { table: string; column: string; rowid: number; from: unknown; to: unknown };

function changesIn(db: Db, table: string): Change[] {
  const rows = db.prepare(`SELECT rowid AS rowid_, * FROM ${table}`).all() as Record<string, unknown>[]; // Any columns.
  return rows.flatMap(({ rowid_, ...row }) =>
    Object.entries(row).flatMap(([column, from]) =>
      changesOf(from).map((to) => ({ table, column, rowid: Number(rowid_), from, to })),
    ),
  );
}

/** Makes a change, verifies, takes it back. Undefined when the database itself does not allow it. */
async function damaged(db: Db, change: Change): Promise<VerifyReport | undefined> {
  const { table, column, rowid, from, to } = change;
  const isKey = ['entry_id', 'id', 'stream_no'].includes(column);
  const set = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`);
  try {
    set.run(to, rowid);
  } catch {
    return undefined; // A key that is taken, or a null where none may be.
  }
  const report = await verify(db);
  set.run(from, isKey ? to : rowid);
  return report;
}

describe('the export of a store', () => {
  it('verifies, and says what it counted', async () => {
    const db = openForReading(folder.engine.store);
    const report = await verify(db);
    db.close();
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, source: 'edge', first_wrong: null });
    expect(report.counts).toMatchObject({ streams: 2, transactions: 8, pruned: 1 });
    expect(report.sums).toEqual([
      { currency: 'SEK', sales: 8, amount: '63.25', tenders: '63.25', change: '0.00', waiting: 1 },
    ]);
    expect(report.trust.keys).toMatchObject([{ pinned: false }]);
  });

  it('tells whether the keys are those the caller knows', async () => {
    const db = openForReading(folder.engine.store);
    const { trust } = await verify(db);
    const keyId = must(trust.keys[0], 'seals were verified').key_id;
    expect(await verify(db, { trust: [keyId] })).toMatchObject({
      ok: true,
      trust: { keys: [{ pinned: true }] },
    });
    const foreign = await verify(db, { trust: ['dk_another'] });
    db.close();
    expect(foreign.findings.map((finding) => finding.code)).toEqual(['key', 'key']);
  });

  it('holds no secret', async () => {
    const db = openForReading(folder.engine.store);
    const records: ExportRecord[] = [];
    for await (const record of exportEdge(db, { nowMs: 0 })) records.push(record);
    const secret = db.prepare("SELECT value FROM meta WHERE key = 'device_key'").pluck().get();
    db.close();
    const text = JSON.stringify(records);
    const bytes = Buffer.isBuffer(secret) ? secret.subarray(16) : Buffer.alloc(0);
    expect(bytes).toHaveLength(32);
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(bytes.toString(form));
  });

  it('is one snapshot, whatever is sold meanwhile', async () => {
    const db = openForReading(folder.engine.store);
    const records = exportEdge(db, { nowMs: 0 });
    const first = await records.next();
    runCommands(folder, [saleCommand()]);
    const rest = async function* () {
      if (!first.done) yield first.value;
      yield* records;
    };
    const report = await verifyExport(rest());
    db.close();
    expect(report.findings).toEqual([]);
    expect(report.counts.transactions).toBe(8);
  });

  it('looks for the sale of a receipt', async () => {
    const db = openForReading(folder.engine.store);
    const codes = db.prepare('SELECT receipt_code, amount_minor FROM edge_transactions ORDER BY id').raw();
    const rows = codes.all() as [string, number][]; // The columns asked for.
    const states: (string | null | undefined)[][] = [];
    for (const [code] of rows) {
      const { receipt } = await verify(db, { receipt: code.toLowerCase().replace('-', ' ') });
      expect(receipt).toHaveLength(1);
      states.push([receipt?.[0]?.state, receipt?.[0]?.amount]);
    }
    expect(states.filter(([state]) => state === 'waiting')).toEqual([['waiting', '12.50']]);
    expect((await verify(db, { receipt: '00000-00000' })).receipt).toEqual([]);
    db.close();
  });
});

describe('a change', () => {
  it.each(['stream', 'entry', 'seal', 'edge_transactions'])('of any column of %s is found', async (table) => {
    const db = openToDamage(folder);
    const untold: string[] = [];
    let made = 0;
    for (const change of changesIn(db, table)) {
      const report = await damaged(db, change);
      if (report === undefined) continue;
      made += 1;
      const name = `${change.table}.${change.column}`;
      const isPruned = table === 'edge_transactions' && isWithoutEntry(db, change.rowid);
      if (isPruned && !UNTOLD_OF_PRUNED.includes(change.column)) continue;
      if (report.ok && UNTOLD[name] === undefined)
        untold.push(`${name} of ${change.rowid}: ${String(change.from)} to ${String(change.to)}`);
    }
    const end = await verify(db);
    db.close();
    expect(untold).toEqual([]);
    expect(made).toBeGreaterThan(20);
    expect(end.findings).toEqual([]);
  });

  it('of the rows there are is found', async () => {
    const db = openToDamage(folder);
    for (const table of ['stream', 'entry', 'edge_transactions']) {
      const rows = db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[]; // Any columns.
      const key = { stream: 'stream_no', entry: 'entry_id', edge_transactions: 'id' }[table];
      for (const row of rows) {
        db.prepare(`DELETE FROM ${table} WHERE ${key} = ?`).run(row[must(key, 'each has a key')]);
        const report = await verify(db);
        const names = Object.keys(row);
        db.prepare(
          `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        ).run(Object.values(row));
        expect([table, row, report.ok]).toEqual([table, row, false]);
      }
    }
    expect((await verify(db)).findings).toEqual([]);
    db.close();
  });
});
