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
type Stream = {
  stream_no: number;
  device_id: string;
  incarnation: string;
  lane: string;
  tip_seq: number;
  tip_hash: Buffer;
  closed_at: number | null;
  closed_why: string | null;
  pruned_seq: number;
  pruned_hash: Buffer;
};
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
/** Public keys that may have sealed here, by key id. */
type Keys = Map<string, Uint8Array>;
type Audit = {
  db: Db;
  keys: Keys;
  verifier: Verifier;
  sales: Map<string, StoredSale>;
  fresh: StoredSale[];
  problems: string[];
};

/** Entries of a stream are numbered from `stream_no` times this. */
const SPAN = 2 ** 40;

/**
 * An auditor of the store at `database`, which the key in `keyFile` (without a passphrase) opens. `keys` are those that
 * sealed here before the store's own: a device that enrols again gets a new one, and forgets the old.
 */
export function createEdgeAuditor(at: {
  database: string;
  keyFile: string;
  keys?: ReadonlyMap<string, Uint8Array>;
}): EdgeAuditor {
  const keys: Keys = new Map(at.keys);
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
        addOwnKey(db, keys);
        const audit: Audit = { db, keys, verifier, sales, fresh: [], problems };
        const streams = readStreams(db);
        for (const stream of streams) {
          incarnations.add(stream.incarnation);
          const known = marks.get(stream.stream_no);
          const from = known && known.seq >= stream.pruned_seq ? known : beginningOf(audit, stream, streams);
          const mark = auditStream(audit, stream, from);
          // A stream that own entries are pulled back into is removed if there are none, and its number goes on.
          if (mark.seq > from.seq) marks.set(stream.stream_no, mark);
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

function addOwnKey(db: Db, keys: Keys): void {
  const stored = db.prepare("SELECT value FROM meta WHERE key = 'device_key'").pluck().get();
  const key = importSigningKey(Buffer.isBuffer(stored) ? stored : Buffer.alloc(0));
  keys.set(key.keyId, key.publicKey);
}

function readStreams(db: Db): Stream[] {
  return db
    .prepare(
      'SELECT stream_no, device_id, incarnation, lane, tip_seq, tip_hash, closed_at, closed_why, pruned_seq, pruned_hash FROM stream ORDER BY stream_no',
    )
    .all() as Stream[]; // Columns are the type's.
}

/** What was pulled back from the hub stands in streams of its own, which begin anywhere and have no seals. */
function isHistory({ closed_why }: Stream): boolean {
  return closed_why === 'repull' || closed_why === 'history';
}

/** The place before the first entry of a stream, with the hash that its chain goes on from. */
function beginningOf({ db, problems }: Audit, stream: Stream, streams: readonly Stream[]): Mark {
  if (stream.pruned_seq > 0) return { seq: stream.pruned_seq, hash: stream.pruned_hash };
  if (!isHistory(stream)) return { seq: 0, hash: Buffer.from(GENESIS) };
  const from = stream.stream_no * SPAN;
  const first = db
    .prepare('SELECT min(entry_id) FROM entry WHERE entry_id BETWEEN ? AND ?')
    .pluck()
    .get(from + 1, from + SPAN - 1);
  if (first === null) return { seq: stream.tip_seq, hash: stream.tip_hash };
  const seq = Number(first) - from - 1;
  if (seq === 0) return { seq, hash: Buffer.from(GENESIS) };
  for (const other of streams) {
    if (other === stream || other.incarnation !== stream.incarnation || other.lane !== stream.lane) continue;
    const hash = hashAt(db, other, seq);
    if (hash) return { seq, hash };
  }
  problems.push(`the stream ${stream.stream_no} goes on after ${seq}, which is not here`);
  return { seq, hash: stream.tip_hash };
}

function hashAt(db: Db, stream: Stream, seq: number): Buffer | undefined {
  if (stream.pruned_seq === seq) return stream.pruned_hash;
  if (stream.tip_seq === seq) return stream.tip_hash;
  const hash = db
    .prepare('SELECT hash FROM entry WHERE entry_id = ?')
    .pluck()
    .get(stream.stream_no * SPAN + seq);
  return Buffer.isBuffer(hash) ? hash : undefined;
}

/** Verifies a stream from a mark on; returns the new mark. */
function auditStream(audit: Audit, stream: Stream, from: Mark): Mark {
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
  if (mark.seq > from.seq && !isHistory(stream)) auditEnd(audit, { stream, mark });
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
  at: { stream: Stream; entry: Entry; mark: Mark; row: Row | undefined },
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
  if (header.device_id !== stream.device_id) wrong('its header names another device');
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
  { db, keys, verifier, problems }: Audit,
  at: { stream: Stream; hashes: ReadonlyMap<number, Buffer>; first: number; last: number },
): void {
  const seals = db
    .prepare('SELECT entry_id, statement, signature FROM seal WHERE entry_id BETWEEN ? AND ?')
    .all(at.first, at.last) as (SealLine & { entry_id: number })[]; // Columns are the type's.
  for (const seal of seals) {
    const publicKeyOf = (keyId: string) => keys.get(keyId);
    const verdict = verifySeal({ seal, deviceId: at.stream.device_id, publicKeyOf, verifier });
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
