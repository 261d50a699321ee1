/**
 * Walks a store from end to end: every page, every chain from its start or its pruned place to its tip, every body
 * against its hash, every seal against the key the device has or one it had. A copy is a backup only when this finds
 * nothing.
 */
import { must, toHex } from '@holdfast/base';
import { createVerifier, importSigningKey, keyIdOf, type Verifier } from '@holdfast/crypto';
import { bodyHash, entryHash, GENESIS, verifySeal } from '@holdfast/journal';
import { EntryHeader, type SealLine } from '@holdfast/protocol';
import Database from 'better-sqlite3-multiple-ciphers';
import { type EntryRow, readEntries } from '../store/entries.ts';
import { readFormerKeys, readMeta, readMetaBytes } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { entryIdOf, placeOf, type StreamRow } from '../store/streams.ts';

/** How a stream stands in a store that was walked; hashes in hexadecimal. */
export type StreamMark = {
  device_id: string;
  incarnation: string;
  lane: string;
  tip_seq: number;
  tip_hash: string;
  acked_seq: number;
  safe_seq: number;
  pruned_seq: number;
  is_open: boolean;
};

/** What a store holds. */
export type StoreSummary = {
  db_id: string;
  device_id: string;
  incarnation: string;
  schema_version: number;
  sqlite_version: string;
  streams: StreamMark[];
  entries: number;
  transactions: number;
  seals: number;
};

/** `reason` names the first fault, in a sentence without its full stop. */
export type StoreVerdict = { kind: 'sound'; summary: StoreSummary } | { kind: 'unsound'; reason: string };

/** `keys` are the public keys of this device by their ids, former ones too. */
type Walk = { db: Db; keys: ReadonlyMap<string, Uint8Array>; verifier: Verifier };
type Counts = { entries: number; seals: number };

/** Names the fault that ends the walk. */
class Fault extends Error {}

/** Walks the store that `db` has open. Reads in one snapshot. */
export function checkStore(db: Db): StoreVerdict {
  try {
    return { kind: 'sound', summary: db.transaction(() => walk(db))() };
  } catch (error) {
    if (error instanceof Fault) return { kind: 'unsound', reason: error.message };
    // Anything SQLite cannot read is what this looks for; an error of the disk is no verdict.
    if (error instanceof Database.SqliteError && !error.code.startsWith('SQLITE_IOERR'))
      return { kind: 'unsound', reason: error.message };
    throw error;
  }
}

function walk(db: Db): StoreSummary {
  const pages = db.pragma('integrity_check(1)', { simple: true });
  if (pages !== 'ok') throw new Fault(String(pages).replaceAll('\n', ' '));
  const found: Walk = { db, keys: readKeys(db), verifier: createVerifier() };
  const counts: Counts = { entries: 0, seals: 0 };
  const streams = readStreams(db);
  for (const stream of streams) walkStream(found, stream, counts);
  const count = (sql: string) => Number(db.prepare(sql).pluck().get());
  checkTransactions(db, streams);
  return {
    db_id: must(readMeta(db, 'db_id'), 'a store has an id'),
    device_id: must(readMeta(db, 'device_id'), 'a store names its device'),
    incarnation: streams.find((stream) => stream.closed_at === null)?.incarnation ?? '',
    schema_version: Number(db.pragma('user_version', { simple: true })),
    sqlite_version: String(db.prepare('SELECT sqlite_version()').pluck().get()),
    streams: streams.map(markOf),
    entries: counts.entries,
    transactions: count('SELECT count(*) FROM edge_transactions'),
    seals: counts.seals,
  };
}

function readKeys(db: Db): Map<string, Uint8Array> {
  const pkcs8 = must(readMetaBytes(db, 'device_key'), 'a store holds the device key');
  const { publicKey } = importSigningKey(pkcs8);
  pkcs8.fill(0);
  return new Map([publicKey, ...readFormerKeys(db)].map((key) => [keyIdOf(key), key]));
}

/** Every transaction has its entry, unless that was pruned. */
function checkTransactions(db: Db, streams: readonly StreamRow[]): void {
  const lost = db
    .prepare(
      `SELECT t.id FROM edge_transactions t LEFT JOIN entry e ON e.entry_id = t.id WHERE e.entry_id IS NULL
         AND t.id BETWEEN ? AND ? LIMIT 1`,
    )
    .pluck();
  for (const { stream_no, pruned_seq } of streams) {
    const id = lost.get(entryIdOf(stream_no, pruned_seq + 1), entryIdOf(stream_no + 1, 0) - 1);
    if (id !== undefined) throw new Fault(`The transaction ${String(id)} has no entry in the journal`);
  }
}

/** Of any schema: before the fifth, nothing was ever pruned. */
function readStreams(db: Db): StreamRow[] {
  const rows = db.prepare('SELECT * FROM stream ORDER BY stream_no').all() as StreamRow[]; // Columns are the type's.
  return rows.map((row) => ({
    ...row,
    pruned_seq: row.pruned_seq ?? 0,
    pruned_hash: row.pruned_hash ?? Buffer.from(GENESIS),
  }));
}

/** Entries read at a time. */
const CHUNK = 1_000;

function walkStream(found: Walk, stream: StreamRow, counts: Counts): void {
  const fault = (what: string) => new Fault(`Stream ${stream.stream_no}: ${what}`);
  const isOwn = stream.closed_why !== 'history' && stream.closed_why !== 'repull';
  const seals = readSeals(found.db, stream);
  let { seq, hash } = isOwn ? { seq: stream.pruned_seq, hash: stream.pruned_hash } : startOf(found, stream);
  let sealedSeq = stream.pruned_seq;
  for (;;) {
    const chunk = readEntries(found.db, { streamNo: stream.stream_no, fromSeq: seq + 1, count: CHUNK });
    if (chunk.length === 0) break;
    for (const entry of chunk) {
      const reason = faultOf(entry, { stream, seq: seq + 1, prevHash: hash });
      if (reason !== undefined) throw fault(`entry ${seq + 1}: ${reason}`);
      [seq, hash] = [seq + 1, entry.hash];
      const seal = seals.get(entry.entry_id);
      if (!seal) continue;
      checkSeal(found, { seal, stream, seq, hash, counts, fault });
      sealedSeq = seq;
    }
  }
  counts.entries += seq - (isOwn ? stream.pruned_seq : startOf(found, stream).seq);
  if (seq !== stream.tip_seq) throw fault(`its entries end at ${seq}, and its tip is ${stream.tip_seq}`);
  if (!hash?.equals(stream.tip_hash)) throw fault('its tip has another hash than its last entry');
  if (isOwn && sealedSeq !== seq) throw fault(`no seal vouches for entry ${seq}`);
}

/** Where a stream that was pulled back begins: after an entry that another stream of its life may hold. */
function startOf({ db }: Walk, stream: StreamRow): { seq: number; hash: Buffer | undefined } {
  const at = { first: entryIdOf(stream.stream_no, 1), last: entryIdOf(stream.stream_no + 1, 0) - 1 };
  const first = db
    .prepare('SELECT min(entry_id) FROM entry WHERE entry_id BETWEEN ? AND ?')
    .pluck()
    .get(at.first, at.last);
  if (first === null) return { seq: stream.tip_seq, hash: stream.tip_hash };
  const seq = placeOf(Number(first)).seq - 1;
  if (seq === 0) return { seq, hash: Buffer.from(GENESIS) };
  const sister = readStreams(db).find(
    (row) => row.incarnation === stream.incarnation && row.lane === stream.lane && row !== stream,
  );
  const known = sister && readEntries(db, { streamNo: sister.stream_no, fromSeq: seq, count: 1 })[0]?.hash;
  return { seq, hash: known };
}

function readSeals(db: Db, { stream_no }: StreamRow): Map<number, SealLine> {
  const rows = db
    .prepare('SELECT entry_id, statement, signature FROM seal WHERE entry_id BETWEEN ? AND ?')
    .all(entryIdOf(stream_no, 1), entryIdOf(stream_no + 1, 0) - 1) as (SealLine & { entry_id: number })[]; // Columns are the type's.
  return new Map(rows.map((row) => [row.entry_id, row]));
}

/** What is wrong with an entry; the link before it is taken on trust when nothing is known of what it follows. */
function faultOf(
  entry: EntryRow,
  at: { stream: StreamRow; seq: number; prevHash: Buffer | undefined },
): string | undefined {
  const { stream, seq, prevHash } = at;
  const header = EntryHeader.safeParse(JSON.parse(entry.header)).data;
  if (!header) return 'its header is not one';
  const isHere =
    placeOf(entry.entry_id).seq === seq &&
    header.seq === seq &&
    header.incarnation === stream.incarnation &&
    header.lane === stream.lane &&
    header.device_id === stream.device_id;
  if (!isHere) return 'its header names another place';
  if (entry.body !== null && bodyHash(entry.body) !== header.body_hash)
    return 'its body is not the hashed one';
  if (prevHash && !entryHash(prevHash, entry.header).equals(entry.hash)) return 'the chain is broken';
  return undefined;
}

function checkSeal(
  { keys, verifier }: Walk,
  at: {
    seal: SealLine;
    stream: StreamRow;
    seq: number;
    hash: Buffer;
    counts: Counts;
    fault: (what: string) => Fault;
  },
): void {
  const { seal, stream, seq, hash, counts, fault } = at;
  counts.seals += 1;
  const publicKeyOf = (keyId: string) => keys.get(keyId);
  const verdict = verifySeal({ seal, deviceId: stream.device_id, publicKeyOf, verifier });
  if (verdict.kind === 'refused') throw fault(`the seal at ${seq}: ${verdict.reason}`);
  const head = verdict.statement.heads.find(
    (item) => item.incarnation === stream.incarnation && item.lane === stream.lane && item.seq === seq,
  );
  if (head?.hash !== toHex(hash)) throw fault(`the seal at ${seq} does not vouch for the chain as it is`);
}

function markOf(stream: StreamRow): StreamMark {
  const { device_id, incarnation, lane, tip_seq, tip_hash, acked_seq, safe_seq, pruned_seq } = stream;
  const marks = { tip_seq, tip_hash: toHex(tip_hash), acked_seq, safe_seq, pruned_seq };
  return { device_id, incarnation, lane, ...marks, is_open: stream.closed_at === null };
}
