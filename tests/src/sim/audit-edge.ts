/** Audits the store of one edge: sequences, chain, bodies, seals, receipts, and that nothing waits any more. */
import { statSync } from 'node:fs';
import { pathsOf } from '@holdfast/edge';
import type { EdgeNode } from './edge-node.ts';
import { codeOnReceipt, NO_HASH, openSeal, sameText, sha256 } from './own-reckoning.ts';
import { type Query, withStore } from './store-reader.ts';

type Stream = {
  stream_no: number;
  device_id: string;
  incarnation: string;
  lane: string;
  tip_seq: number;
  tip_hash: Buffer;
  acked_seq: number;
  closed_at: number | null;
  closed_why: string | null;
  pruned_seq?: number;
  pruned_hash?: Buffer | null;
};
type Entry = { entry_id: number; header: string; body: string | null; hash: Buffer };
type Row = { id: number; op: string; receipt_code: string; request_hash: Buffer; synced_at: number | null };
type Seal = { entry_id: number; statement: string; signature: string };
type FeedRow = { scope: string; collection: string; key: string; value: string };

/** A sale in a store: where its operation is, and the code on its receipt. */
export type EdgeSale = { opId: string; receiptCode: string };

export type EdgeFindings = { sales: Map<string, EdgeSale>; feed: Set<string>; problems: string[] };

/** Public keys by their id, of every device there ever was. */
export type Keys = ReadonlyMap<string, Uint8Array>;

const SPAN = 2 ** 40;
/** 600 pages of 4 KiB trigger a checkpoint; one group more may be in front of it. */
const WAL_BYTES_MAX = 8_388_608;

type Header = {
  device_id: string;
  incarnation: string;
  lane: string;
  seq: number;
  op_id: string;
  body_hash: string;
};
type Audit = { query: Query; keys: Keys; problems: string[] };

export function auditEdge(edge: EdgeNode, keys: Keys): EdgeFindings {
  const problems: string[] = [];
  const findings = withStore(edge.options, (query) => {
    const audit: Audit = { query, keys, problems };
    const headers = auditStreams(audit);
    return { sales: auditSales(audit, headers), feed: readFeed(query) };
  });
  const wal = statSync(`${pathsOf(edge.options).database}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (wal > WAL_BYTES_MAX) problems.push(`its WAL has grown to ${wal} bytes`);
  return { ...findings, problems: problems.map((problem) => `${edge.name}: ${problem}`) };
}

/** Headers by entry, of every stream. */
function auditStreams(audit: Audit): Map<number, Header> {
  const { query, problems } = audit;
  const headers = new Map<number, Header>();
  const streams = query<Stream>('SELECT * FROM stream ORDER BY stream_no');
  for (const stream of streams) {
    const from = stream.stream_no * SPAN;
    const entries = query<Entry>(
      `SELECT * FROM entry WHERE entry_id BETWEEN ${from} AND ${from + SPAN - 1} ORDER BY entry_id`,
    );
    const wrong = (what: string) =>
      problems.push(`stream ${stream.stream_no} (${stream.closed_why ?? 'open'}): ${what}`);
    auditChain(stream, entries, { headers, wrong });
    auditSeals(audit, stream, {
      hashes: new Map(entries.map(({ entry_id, hash }) => [entry_id, hash])),
      wrong,
    });
    if (stream.closed_why === 'repull') wrong('is still being pulled back');
    if (stream.closed_at === null && stream.tip_seq !== stream.acked_seq)
      wrong(`${stream.tip_seq - stream.acked_seq} entries wait`);
  }
  return headers;
}

type Chain = { headers: Map<number, Header>; wrong: (what: string) => void };

function auditChain(stream: Stream, entries: readonly Entry[], { headers, wrong }: Chain): void {
  // What was pulled back follows an entry of another stream; what was pruned is told by its last hash.
  const isPulled = stream.closed_why === 'repull' || stream.closed_why === 'history';
  let seq = stream.pruned_seq ?? 0;
  let hash: Buffer | undefined = seq > 0 && stream.pruned_hash ? stream.pruned_hash : NO_HASH;
  const [first] = entries;
  if (isPulled && first !== undefined) {
    seq = first.entry_id - stream.stream_no * SPAN - 1;
    hash = undefined;
  }
  for (const entry of entries) {
    const header: Header = JSON.parse(entry.header);
    headers.set(entry.entry_id, header);
    seq += 1;
    if (entry.entry_id !== stream.stream_no * SPAN + seq) wrong(`a hole at ${seq}`);
    if (
      header.seq !== seq ||
      header.incarnation !== stream.incarnation ||
      header.device_id !== stream.device_id
    )
      wrong(`entry ${seq} names another place`);
    if (entry.body !== null && sha256(entry.body).toString('hex') !== header.body_hash)
      wrong(`entry ${seq} has another body`);
    if (hash !== undefined && !sha256(hash, entry.header).equals(entry.hash))
      wrong(`the chain breaks at ${seq}`);
    hash = entry.hash;
  }
  if (entries.length === 0 && isPulled) return;
  if (stream.tip_seq !== seq) wrong(`ends at ${seq}, its row says ${stream.tip_seq}`);
  if (hash !== undefined && !hash.equals(stream.tip_hash)) wrong('its tip is another hash');
}

function auditSeals(
  { query, keys }: Audit,
  stream: Stream,
  { hashes, wrong }: { hashes: ReadonlyMap<number, Buffer>; wrong: (what: string) => void },
): void {
  const from = stream.stream_no * SPAN;
  const seals = query<Seal>(`SELECT * FROM seal WHERE entry_id BETWEEN ${from} AND ${from + SPAN - 1}`);
  for (const seal of seals) {
    const said = openSeal({ ...seal, signature: Buffer.from(seal.signature, 'base64url') }, keys);
    const seq = seal.entry_id - from;
    // A key that no hub knows is that of a device before its first enrolment, whose database went with a disk.
    if (said === undefined) {
      const { key_id }: { key_id: string } = JSON.parse(seal.statement);
      if (keys.has(key_id)) wrong(`the seal at ${seq} does not verify`);
      continue;
    }
    const head = said.heads.find(
      (each) => each.incarnation === stream.incarnation && each.lane === stream.lane,
    );
    const held = hashes.get(seal.entry_id)?.toString('hex');
    if (head?.seq !== seq || (held !== undefined && head.hash !== held))
      wrong(`the seal at ${seq} vouches for something else`);
  }
}

/** Sales by operation. */
function auditSales({ query, problems }: Audit, headers: ReadonlyMap<number, Header>): Map<string, EdgeSale> {
  const sales = new Map<string, EdgeSale>();
  const rows = query<Row>(
    'SELECT id, lower(hex(op_id)) AS op, receipt_code, request_hash, synced_at FROM edge_transactions ORDER BY id',
  );
  for (const row of rows) {
    const opId = `${row.op.slice(0, 8)}-${row.op.slice(8, 12)}-${row.op.slice(12, 16)}-${row.op.slice(16, 20)}-${row.op.slice(20)}`;
    const header = headers.get(row.id);
    if (header !== undefined && header.op_id !== opId)
      problems.push(`the transaction ${row.id} is another operation than its entry`);
    if (header !== undefined && codeOnReceipt(opId, header.body_hash) !== row.receipt_code)
      problems.push(`the receipt code of ${opId} is not its own`);
    if (row.synced_at === null) problems.push(`the transaction ${opId} waits`);
    if (sales.has(opId)) problems.push(`${opId} is there twice`);
    sales.set(opId, { opId, receiptCode: row.receipt_code });
  }
  return sales;
}

/** What the feed brought, one text a row. */
function readFeed(query: Query): Set<string> {
  const rows = query<FeedRow>(
    `SELECT scope, 'catalogue' AS collection, sku AS key, value FROM catalogue_item
     UNION ALL SELECT scope, 'staff', staff_id, value FROM staff`,
  );
  return new Set(
    rows.map(({ scope, collection, key, value }) =>
      feedText({ scope, collection, key, value: JSON.parse(value) }),
    ),
  );
}

/** A row of the feed as a text to compare. */
export function feedText(row: { scope: string; collection: string; key: string; value: unknown }): string {
  return sameText([row.scope, row.collection, row.key, row.value]);
}
