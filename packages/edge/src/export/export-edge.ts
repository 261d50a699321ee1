/**
 * The store of an edge as an export, to be verified by anybody: streams, entries, seals and transactions as they lie in
 * the tables, and the public halves of the keys they hang on. Secrets never leave the store. All of it is read in one
 * snapshot: what is sold meanwhile is not in it, and the log of the store grows until the export has been read.
 */
import { toHex } from '@holdfast/base';
import { importSigningKey, keyIdOf, toBase64Url } from '@holdfast/crypto';
import {
  type EdgeEntryRecord,
  type EdgeStreamRecord,
  EXPORT_VERSION,
  type ExportRecord,
  type KeyRecord,
  type TransactionRecord,
} from '@holdfast/verify';
import { SOFTWARE_VERSION } from '../context.ts';
import { readEnrolment } from '../store/enrolment.ts';
import { knownHash } from '../store/history.ts';
import { readFormerKeys, readMetaBytes } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { allStreams, placeOf, type StreamRow } from '../store/streams.ts';
import { opIdText } from '../store/transactions.ts';
import { type PlacedRow, placedRows, type RawTransaction } from './placed-rows.ts';

/** Everything in the store that `db` has open, which nobody else may use meanwhile. `made_at` is `nowMs`. */
export async function* exportEdge(db: Db, { nowMs }: { nowMs: number }): AsyncGenerator<ExportRecord> {
  db.exec('BEGIN');
  // A transaction sees the store as it is at its first reading, which is now.
  db.prepare('SELECT count(*) FROM stream').get();
  try {
    let records = 0;
    for (const record of recordsOf(db, nowMs)) {
      records += 1;
      yield record;
    }
    yield { record: 'end', records };
  } finally {
    db.exec('ROLLBACK');
  }
}

function* recordsOf(db: Db, nowMs: number): Generator<ExportRecord> {
  yield {
    record: 'export',
    v: EXPORT_VERSION,
    source: 'edge',
    made_at: new Date(nowMs).toISOString(),
    software_version: SOFTWARE_VERSION,
    has_archive: false,
  };
  const enrolment = readEnrolment(db);
  if (enrolment) {
    const { tenant_id, root_key, hub_key } = enrolment;
    yield { record: 'tenant', tenant_id, root_key, hub_key };
  }
  yield* keysOf(db);
  yield* streamsOf(db);
}

/** The present key and those before it: what they sealed is still here. */
function* keysOf(db: Db): Generator<KeyRecord> {
  const pkcs8 = readMetaBytes(db, 'device_key');
  const present = pkcs8 && importSigningKey(pkcs8).publicKey;
  pkcs8?.fill(0);
  for (const key of [...readFormerKeys(db), ...(present ? [present] : [])])
    yield {
      record: 'key',
      tenant_id: null,
      device_id: null,
      key_id: keyIdOf(key),
      public_key: toBase64Url(key),
    };
}

function* streamsOf(db: Db): Generator<ExportRecord> {
  const rows = placedRows(db);
  for (const stream of allStreams(db)) {
    const next = rows.peek();
    const first = next && placeOf(next.id).streamNo === stream.stream_no ? placeOf(next.id).seq : undefined;
    yield streamRecord(db, stream, first);
    for (let row = rows.peek(); row !== undefined; row = rows.peek()) {
      if (placeOf(row.id).streamNo > stream.stream_no) break;
      rows.take();
      yield rowRecord(row, stream);
    }
  }
  for (let row = rows.peek(); row !== undefined; row = rows.peek()) {
    rows.take();
    yield orphanOf(row);
  }
}

/** `firstSeq` is the first row there is of the stream. */
function streamRecord(db: Db, stream: StreamRow, firstSeq: number | undefined): EdgeStreamRecord {
  const start = firstSeq === undefined ? undefined : knownHash(db, stream, firstSeq - 1);
  return {
    record: 'edge_stream',
    stream: stream.stream_no,
    device_id: stream.device_id,
    incarnation: stream.incarnation,
    lane: stream.lane,
    tip_seq: stream.tip_seq,
    tip_hash: toHex(stream.tip_hash),
    acked_seq: stream.acked_seq,
    acked_hash: toHex(stream.acked_hash),
    safe_seq: stream.safe_seq,
    quarantined: stream.quarantined,
    last_ack: stream.last_ack,
    opened_at: instant(stream.opened_at),
    closed_at: stream.closed_at === null ? null : instant(stream.closed_at),
    closed_why: stream.closed_why,
    pruned_seq: stream.pruned_seq,
    pruned_hash: toHex(stream.pruned_hash),
    start_hash: start ? toHex(start) : null,
  };
}

function rowRecord(row: PlacedRow, stream: StreamRow): ExportRecord {
  const { streamNo, seq } = placeOf(row.id);
  if (streamNo !== stream.stream_no) return orphanOf(row);
  const seal = row.seal ? { statement: row.seal.statement, signature: row.seal.signature } : null;
  const transaction = row.transaction ? transactionRecord(row.transaction) : null;
  if (!row.entry) return { record: 'pruned', stream: streamNo, seq, seal, transaction };
  const { header, body, hash } = row.entry;
  return {
    record: 'edge_entry',
    stream: streamNo,
    seq,
    header,
    body,
    hash: toHex(hash),
    seal,
    transaction,
  } satisfies EdgeEntryRecord;
}

function orphanOf({ id, entry, seal, transaction }: PlacedRow): ExportRecord {
  const table = entry ? 'entry' : seal ? 'seal' : 'edge_transactions';
  return {
    record: 'orphan',
    table,
    row: { ...placeOf(id), op_id: transaction ? opIdText(transaction.op_id) : null },
  };
}

function transactionRecord(row: RawTransaction): TransactionRecord {
  return {
    op_id: opIdText(row.op_id),
    request_hash: toHex(row.request_hash),
    store_id: row.store_id,
    cashier_id: row.cashier_id,
    customer_reference: row.customer_reference,
    amount_minor: String(row.amount_minor),
    change_minor: String(row.change_minor),
    currency: row.currency,
    receipt_code: row.receipt_code,
    flags: row.flags,
    terminal_id: row.terminal_id,
    created_at: instant(Number(row.created_at)),
    synced_at: row.synced_at === null ? null : instant(Number(row.synced_at)),
  };
}

/** A time no calendar has is told as the number it is, so that a damaged row can be shown. */
function instant(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}
