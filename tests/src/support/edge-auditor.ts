/**
 * Reads the store of an edge and judges it by what the journal's format promises: dense sequences, an unbroken hash
 * chain, seals that verify, one transaction row for each sale. Written apart from the writer: it shares the format's
 * verification with it, and nothing else. Each reading opens the store read-only and closes it again, so that the
 * auditor is never among the connections that a crash of the edge leaves behind.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { must } from '@holdfast/base';
import { createVerifier, importSigningKey, openKey, type Verifier } from '@holdfast/crypto';
import { bodyHash, entryHash, GENESIS, receiptCode, verifySeal } from '@holdfast/journal';
import { EntryHeader, type SealLine } from '@holdfast/protocol';
import Database from 'better-sqlite3-multiple-ciphers';

/** A sale as the store holds it. */
export type StoredSale = {
  opId: string;
  reference: string | null;
  incarnation: string;
  seq: number;
  receiptCode: string;
  amountMinor: bigint;
  currency: string;
  /** SHA-256 of the posted text, hexadecimal. */
  textHash: string;
};

export type EdgeAuditor = {
  /** Verifies what was stored since the last call, and returns its sales. Throws when the store does not open. */
  readNew(): StoredSale[];
  /** Reads every page, with SQLite's own check. */
  checkPages(): void;
  /** By operation. */
  readonly sales: ReadonlyMap<string, StoredSale>;
  /** Everything that is not as it must be, a sentence each. */
  readonly problems: readonly string[];
  /** Lives of the database; more than one after a crash means that it was taken for a restored one. */
  readonly incarnations: ReadonlySet<string>;
};

type Db = Database.Database;
type Stream = { stream_no: number; incarnation: string; lane: string; tip_seq: number; tip_hash: Buffer };
type OpenStream = Stream & { closed_at: number | null };
type Entry = { entry_id: number; header: string; body: string | null; hash: Buffer };
type Row = {
  id: bigint;
  op_id: Buffer;
  request_hash: Buffer;
  customer_reference: string | null;
  amount_minor: bigint;
  currency: string;
  receipt_code: string;
};

/** How far a stream was verified. */
type Mark = { seq: number; hash: Buffer };
type Device = { id: string; publicKey: Uint8Array; keyId: string };
type Audit = {
  db: Db;
  device: Device;
  verifier: Verifier;
  sales: Map<string, StoredSale>;
  fresh: StoredSale[];
  problems: string[];
};

/** Entries of a stream are numbered from `stream_no` times this. */
const SPAN = 2 ** 40;

/** An auditor of the store at `database`, which the key in `keyFile` (without a passphrase) opens. */
export function createEdgeAuditor(at: { database: string; keyFile: string }): EdgeAuditor {
  const sales = new Map<string, StoredSale>();
  const problems: string[] = [];
  const incarnations = new Set<string>();
  const marks = new Map<number, Mark>();
  const verifier = createVerifier();
  const withStore = <T>(use: (db: Db) => T): T => {
    const db = openStore(at);
    try {
      return use(db);
    } finally {
      db.close();
    }
  };
  return {
    sales,
    problems,
    incarnations,
    readNew: () =>
      withStore((db) => {
        // One snapshot: the edge may be selling meanwhile.
        db.exec('BEGIN');
        const audit: Audit = { db, device: readDevice(db), verifier, sales, fresh: [], problems };
        for (const stream of readStreams(db)) {
          incarnations.add(stream.incarnation);
          const mark = marks.get(stream.stream_no) ?? { seq: 0, hash: Buffer.from(GENESIS) };
          marks.set(stream.stream_no, auditStream(audit, stream, mark));
        }
        db.exec('COMMIT');
        return audit.fresh;
      }),
    checkPages: () =>
      withStore((db) => {
        const said = db.pragma('integrity_check', { simple: true });
        if (said !== 'ok') problems.push(`integrity_check says: ${String(said)}`);
        const rows = Number(db.prepare('SELECT count(*) FROM edge_transactions').pluck().get());
        if (rows !== sales.size)
          problems.push(`the store holds ${rows} transactions where the journal holds ${sales.size} sales`);
      }),
  };
}

function openStore({ database, keyFile }: { database: string; keyFile: string }): Db {
  const opened = openKey({ text: readFileSync(keyFile, 'utf8') });
  if (opened.kind !== 'ok') throw new Error(`${keyFile} does not open: ${opened.reason}`);
  const db = new Database(database, { readonly: true, fileMustExist: true, timeout: 5000 });
  db.pragma("cipher = 'chacha20'");
  db.key(Buffer.concat([Buffer.from('raw:'), opened.secret]));
  return db;
}

function readDevice(db: Db): Device {
  const meta = db.prepare('SELECT value FROM meta WHERE key = ?').pluck();
  const stored = meta.get('device_key');
  const key = importSigningKey(Buffer.isBuffer(stored) ? stored : Buffer.alloc(0));
  return { id: String(meta.get('device_id')), publicKey: key.publicKey, keyId: key.keyId };
}

function readStreams(db: Db): OpenStream[] {
  return db
    .prepare(
      'SELECT stream_no, incarnation, lane, tip_seq, tip_hash, closed_at FROM stream ORDER BY stream_no',
    )
    .all() as OpenStream[]; // Columns are the type's.
}

/** Verifies a stream from a mark on; returns the new mark. */
function auditStream(audit: Audit, stream: OpenStream, from: Mark): Mark {
  const { db, problems } = audit;
  const first = stream.stream_no * SPAN + from.seq + 1;
  const last = (stream.stream_no + 1) * SPAN - 1;
  const rows = readRows(db, { first, last });
  const hashes = new Map<number, Buffer>();
  let mark = from;
  const entries = db
    .prepare(
      'SELECT entry_id, header, body, hash FROM entry WHERE entry_id BETWEEN ? AND ? ORDER BY entry_id',
    )
    .iterate(first, last);
  for (const row of entries) {
    const entry = row as Entry; // Columns are the type's.
    mark = auditEntry(audit, { stream, entry, mark, row: rows.get(entry.entry_id) });
    hashes.set(entry.entry_id, mark.hash);
    rows.delete(entry.entry_id);
  }
  for (const id of rows.keys()) problems.push(`the transaction ${id} has no entry in the journal`);
  if (stream.tip_seq !== mark.seq || !stream.tip_hash.equals(mark.hash))
    problems.push(`the stream ${stream.stream_no} ends at ${mark.seq}, its row says ${stream.tip_seq}`);
  auditSeals(audit, { stream, hashes, first, last });
  if (mark.seq > from.seq) auditEnd(audit, { stream, mark });
  return mark;
}

function readRows(db: Db, at: { first: number; last: number }): Map<number, Row> {
  const rows = db
    .prepare(
      'SELECT id, op_id, request_hash, customer_reference, amount_minor, currency, receipt_code FROM edge_transactions WHERE id BETWEEN ? AND ?',
    )
    .safeIntegers()
    .all(at.first, at.last) as Row[]; // Columns are the type's.
  return new Map(rows.map((row) => [Number(row.id), row]));
}

function auditEntry(
  audit: Audit,
  at: { stream: OpenStream; entry: Entry; mark: Mark; row: Row | undefined },
): Mark {
  const { stream, entry, mark, row } = at;
  const seq = entry.entry_id - stream.stream_no * SPAN;
  const hash = entryHash(mark.hash, entry.header);
  const header = EntryHeader.parse(JSON.parse(entry.header));
  const wrong = (what: string) =>
    audit.problems.push(`entry ${seq} of stream ${stream.stream_no} (${header.op_id}): ${what}`);
  if (seq !== mark.seq + 1) wrong(`follows ${mark.seq}`);
  if (header.seq !== seq || header.incarnation !== stream.incarnation || header.lane !== stream.lane)
    wrong('its header names another place');
  if (header.device_id !== audit.device.id) wrong('its header names another device');
  if (entry.body === null || bodyHash(entry.body) !== header.body_hash)
    wrong('its body is not the hashed one');
  if (!entry.hash.equals(hash)) wrong('the chain is broken');
  if (row !== undefined) takeSale(audit, { row, header, seq, wrong });
  // Of a closed stream the operations went on in a later one, with their rows.
  else if (stream.closed_at === null) wrong('it has no transaction');
  return { seq, hash };
}

function takeSale(
  audit: Audit,
  at: { row: Row; header: EntryHeader; seq: number; wrong: (what: string) => void },
): void {
  const { row, header, seq, wrong } = at;
  if (row.op_id.toString('hex') !== header.op_id.replaceAll('-', '')) wrong('its row is another operation');
  if (row.receipt_code !== receiptCode(header.op_id, header.body_hash))
    wrong('its receipt code is not its own');
  if (audit.sales.get(header.op_id)?.incarnation === header.incarnation)
    wrong('the operation is there twice');
  const sale: StoredSale = {
    opId: header.op_id,
    reference: row.customer_reference,
    incarnation: header.incarnation,
    seq,
    receiptCode: row.receipt_code,
    amountMinor: row.amount_minor,
    currency: row.currency,
    textHash: row.request_hash.toString('hex'),
  };
  audit.sales.set(sale.opId, sale);
  audit.fresh.push(sale);
}

/** Every seal verifies and vouches for the chain as it is. */
function auditSeals(
  { db, device, verifier, problems }: Audit,
  at: { stream: Stream; hashes: ReadonlyMap<number, Buffer>; first: number; last: number },
): void {
  const seals = db
    .prepare('SELECT entry_id, statement, signature FROM seal WHERE entry_id BETWEEN ? AND ?')
    .all(at.first, at.last) as (SealLine & { entry_id: number })[]; // Columns are the type's.
  for (const seal of seals) {
    const publicKeyOf = (keyId: string) => (keyId === device.keyId ? device.publicKey : undefined);
    const verdict = verifySeal({ seal, deviceId: device.id, publicKeyOf, verifier });
    const seq = seal.entry_id - at.stream.stream_no * SPAN;
    const head =
      verdict.kind === 'ok'
        ? verdict.statement.heads.find(
            (item) =>
              item.incarnation === at.stream.incarnation && item.lane === at.stream.lane && item.seq === seq,
          )
        : undefined;
    if (verdict.kind === 'refused') problems.push(`the seal at ${seq}: ${verdict.reason}`);
    else if (head === undefined || head.hash !== at.hashes.get(seal.entry_id)?.toString('hex'))
      problems.push(`the seal at ${seq} does not vouch for the chain as it is`);
  }
}

/** A commit ends with a seal, and a store holds whole commits. */
function auditEnd({ db, problems }: Audit, { stream, mark }: { stream: Stream; mark: Mark }): void {
  const count = db
    .prepare('SELECT count(*) FROM seal WHERE entry_id = ?')
    .pluck()
    .get(stream.stream_no * SPAN + mark.seq);
  if (must(count, 'count(*) is a number') !== 1)
    problems.push(`the stream ${stream.stream_no} ends at ${mark.seq} without a seal`);
}

/** SHA-256 of a posted text, hexadecimal, as {@link StoredSale} has it. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
