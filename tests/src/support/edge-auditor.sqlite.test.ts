/** Losses and doubles that are planted in a store must be found: a campaign with a blind auditor shows nothing. */
import { cpSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock, must } from '@holdfast/base';
import { openKey } from '@holdfast/crypto';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCampaign } from './campaign.ts';
import { createEdgeAuditor } from './edge-auditor.ts';
import { createEdgeLives, mustStart } from './edge-lives.ts';
import { connectTo } from './http-connection.ts';
import { createSaleMaker } from './made-sale.ts';
import { compareWhole } from './reconcile.ts';
import { seeded } from './seeded.ts';

const SALES = 12;

let folder: string;
const book = { current: createCampaign('').book };
let copies = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-auditor-'));
  const campaign = createCampaign(join(folder, 'edge'));
  book.current = campaign.book;
  const lives = createEdgeLives({ folder, ahead: 0 });
  const edge = lives.next();
  const { url, apiToken } = await mustStart(edge, { flags: { '--data': campaign.folder, '--port': '0' } });
  const connection = connectTo({ url, token: apiToken });
  const make = createSaleMaker({ prefix: 'sale', random: seeded(1), clock });
  for (let count = 0; count < SALES; count += 1) {
    const sale = make();
    campaign.book.post(sale);
    const headers = sale.key === undefined ? undefined : { 'idempotency-key': sale.key };
    const posted = { method: 'POST', path: '/edge/transactions', headers, body: sale.body } as const;
    campaign.book.answer(sale, await connection.request(posted), false);
  }
  connection.close();
  await edge.stop();
}, 60_000);
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What an audit finds in a copy of the store that `plant` has changed; `at` is the id of the fifth sale. */
function auditAfter(plant: (db: Database.Database, at: number) => void) {
  copies += 1;
  const copy = join(folder, `copy-${copies}`);
  cpSync(join(folder, 'edge'), copy, { recursive: true });
  const keyFile = join(copy, 'store.key');
  const opened = openKey({ text: readFileSync(keyFile, 'utf8') });
  if (opened.kind !== 'ok') throw new Error(opened.reason);
  const db = new Database(join(copy, 'edge.db'));
  db.pragma("cipher = 'chacha20'");
  db.key(Buffer.concat([Buffer.from('raw:'), opened.secret]));
  plant(
    db,
    Number(db.prepare('SELECT id FROM edge_transactions ORDER BY id LIMIT 1 OFFSET 4').pluck().get()),
  );
  db.close();
  const auditor = createEdgeAuditor({ database: join(copy, 'edge.db'), keyFile });
  const found = compareWhole({ book: book.current, auditor });
  return { ...found, problems: [...found.problems, ...auditor.problems] };
}

const FIFTH = 'sale-5';

test('a whole store has nothing to find', () => {
  expect(auditAfter(() => undefined)).toEqual({ lost: [], duplicated: [], problems: [] });
  expect(book.current.acknowledged).toBe(SALES);
  expect(book.current.problems).toEqual([]);
});

test('a sale whose row is gone is lost', () => {
  const found = auditAfter((db, at) => db.prepare('DELETE FROM edge_transactions WHERE id = ?').run(at));
  expect(found.lost).toEqual([FIFTH]);
  expect(found.problems).toEqual([expect.stringContaining('it has no transaction')]);
});

test('a sale that is gone from the journal too is lost, and breaks the chain', () => {
  const found = auditAfter((db, at) => {
    db.prepare('DELETE FROM edge_transactions WHERE id = ?').run(at);
    db.prepare('DELETE FROM entry WHERE entry_id = ?').run(at);
  });
  expect(found.lost).toEqual([FIFTH]);
  expect(found.problems).toContainEqual(expect.stringContaining('the chain is broken'));
});

test('the last sales of a store that was put back are lost', () => {
  const found = auditAfter((db, at) => {
    for (const table of ['edge_transactions WHERE id', 'entry WHERE entry_id', 'seal WHERE entry_id'])
      db.prepare(`DELETE FROM ${table} >= ?`).run(at);
    db.prepare(
      'UPDATE stream SET tip_seq = 4, tip_hash = (SELECT hash FROM entry ORDER BY entry_id DESC LIMIT 1)',
    ).run();
  });
  expect(found.lost).toHaveLength(SALES - 4);
  expect(found.problems).toEqual([]);
});

test('a second row of a sale is a double', () => {
  const found = auditAfter((db, at) => {
    const columns =
      'request_hash, store_id, cashier_id, customer_reference, amount_minor, change_minor, currency, receipt_code, flags, created_at';
    db.prepare(
      `UPDATE edge_transactions SET (customer_reference, amount_minor, currency, request_hash) = (SELECT customer_reference, amount_minor, currency, request_hash FROM edge_transactions WHERE id = ?) WHERE id = ?`,
    ).run(at, at + 1);
    db.prepare(
      `INSERT INTO edge_transactions (id, op_id, ${columns}) SELECT id + 1000, randomblob(16), ${columns} FROM edge_transactions WHERE id = ?`,
    ).run(at);
  });
  expect(found.duplicated).toEqual([FIFTH]);
  expect(found.problems).toContainEqual(expect.stringContaining('has no entry in the journal'));
});

test('another amount, code or seal is found', () => {
  const changed = (column: string) =>
    auditAfter((db, at) => db.prepare(`UPDATE edge_transactions SET ${column} WHERE id = ?`).run(at));
  expect(changed('amount_minor = amount_minor + 1').problems).toEqual([
    expect.stringContaining(`${FIFTH}: stored as`),
  ]);
  expect(changed("receipt_code = 'AAAAA-AAAAA'").lost).toEqual([FIFTH]);
  const sealed = auditAfter((db, at) =>
    db
      .prepare(
        `UPDATE seal SET signature = replace(signature, substr(signature, 9, 1),
           CASE substr(signature, 9, 1) WHEN '-' THEN 'A' ELSE '-' END) WHERE entry_id = ?`,
      )
      .run(at),
  );
  expect(sealed.problems).toEqual([expect.stringContaining('the signature of the seal does not verify')]);
  const unsealed = auditAfter((db) =>
    db.prepare('DELETE FROM seal WHERE entry_id = (SELECT max(entry_id) FROM seal)').run(),
  );
  expect(unsealed.problems).toEqual([expect.stringContaining('without a seal')]);
});

const SPAN = 2 ** 40;
const KEPT = 8;

/** As after a disk was put back: what came after the eighth sale was pulled back, into a stream of its own. */
function pullBack(db: Database.Database): void {
  db.exec(`
    INSERT INTO stream SELECT 1, device_id, incarnation, lane, tip_seq, tip_hash, tip_seq, tip_hash, safe_seq, 0, NULL,
      NULL, opened_at, opened_at, 'history', pruned_seq, pruned_hash FROM stream;
    UPDATE stream SET tip_seq = ${KEPT}, tip_hash = (SELECT hash FROM entry WHERE entry_id = ${KEPT})
      WHERE stream_no = 0;
    DELETE FROM seal WHERE entry_id > ${KEPT};
    UPDATE entry SET entry_id = entry_id + ${SPAN} WHERE entry_id > ${KEPT};
    UPDATE edge_transactions SET id = id + ${SPAN} WHERE id > ${KEPT};
  `);
}

/** As after pruning: the entries up to the third are gone, their rows are not. */
function prune(db: Database.Database): void {
  db.exec(`
    UPDATE stream SET pruned_seq = 3, pruned_hash = (SELECT hash FROM entry WHERE entry_id = 3);
    DELETE FROM entry WHERE entry_id <= 3;
    DELETE FROM seal WHERE entry_id < 3;
  `);
}

test('what was pulled back is read as it stands, and judged like the rest', () => {
  expect(auditAfter(pullBack)).toEqual({ lost: [], duplicated: [], problems: [] });
  const gone = auditAfter((db) => {
    pullBack(db);
    db.exec(`DELETE FROM entry WHERE entry_id = ${SPAN + KEPT + 1}`);
  });
  expect(gone.problems).toContainEqual(expect.stringContaining('which is not here'));
  const changed = auditAfter((db) => {
    pullBack(db);
    db.exec(`UPDATE entry SET header = replace(header, '{"v"', '{ "v"') WHERE entry_id = ${SPAN + KEPT + 2}`);
  });
  expect(changed.problems).toContainEqual(expect.stringContaining('the chain is broken'));
});

test('a pruned stream is read from its mark on, and no further back', () => {
  const pruned = auditAfter(prune);
  expect(pruned.problems).toEqual([expect.stringContaining(`the store holds ${SALES} transactions`)]);
  const wrong = auditAfter((db) => {
    prune(db);
    db.exec("UPDATE stream SET pruned_hash = x'00'");
  });
  expect(wrong.problems).toContainEqual(expect.stringContaining('the chain is broken'));
});

test('a sealed stream of another device needs its key', () => {
  const other = auditAfter((db) => db.exec("UPDATE stream SET device_id = 'somebody'"));
  expect(other.problems).toContainEqual(expect.stringContaining('names another device'));
});

test('an acknowledged sale that nobody posted is found', () => {
  const found = auditAfter((db, at) =>
    db.prepare("UPDATE edge_transactions SET customer_reference = 'nobody' WHERE id = ?").run(at),
  );
  expect(found.lost).toEqual([FIFTH]);
  expect(found.problems).toEqual([expect.stringContaining('was never posted')]);
  expect(must(found.lost[0], 'one is lost')).toBe(FIFTH);
});
