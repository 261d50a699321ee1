/** The tables of the ledger as cursors over one snapshot, each in the order of places, so that they merge. */
import type { PoolClient } from 'pg';

/** Rows fetched at a time. */
const PIECE = 500;

/** Where a row stands; seqs of a stream of this hub fit a number. */
export type PlaceRow = {
  tenant_id: string;
  location_id: string;
  device_id: string;
  incarnation: string;
  lane: string;
  seq: bigint;
};

export type StreamRow = Omit<PlaceRow, 'seq'> & {
  acked_seq: bigint;
  head_hash: Buffer;
  safe_seq: bigint;
  last_received_us: bigint;
};
export type EntryRow = PlaceRow & {
  op_id: string;
  kind: string;
  header: Buffer;
  body: Buffer | null;
  hash: Buffer;
  received_us: bigint;
};
export type SealRow = PlaceRow & { statement: string; signature: Buffer };
export type OpRow = PlaceRow & { op_id: string; kind: string; body_hash: Buffer; booking_no: bigint | null };
export type QuarantineRow = PlaceRow & {
  op_id: string;
  reason: string;
  received_us: bigint;
  resolved_us: bigint | null;
  resolution: string | null;
  note: string | null;
};
export type BookingRow = PlaceRow & {
  booking_no: bigint;
  op_id: string;
  cashier_id: string;
  customer_reference: string | null;
  currency: string;
  amount_minor: bigint;
  receipt_code: string;
  created_us: bigint;
  received_us: bigint;
};
/** The place is that of its booking; null without one. */
export type PostingRow = { [K in keyof PlaceRow]: PlaceRow[K] | null } & {
  booking_no: bigint;
  line: number;
  account: string;
  currency: string;
  amount_minor: bigint;
};

const STREAM = 'tenant_id, location_id, device_id, incarnation, lane';
const PLACE = `${STREAM}, seq`;
/** To the microsecond, as PostgreSQL keeps them: a JavaScript date would round. */
const us = (column: string, name: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint AS ${name}`;

const QUERIES = {
  stream: `SELECT ${STREAM}, acked_seq, head_hash, safe_seq, ${us('last_received_at', 'last_received_us')}
    FROM stream ORDER BY ${STREAM}`,
  entry: `SELECT ${PLACE}, op_id, kind, header, body, hash, ${us('received_at', 'received_us')}
    FROM entry ORDER BY ${PLACE}`,
  seal: `SELECT ${PLACE}, statement, signature FROM seal ORDER BY ${PLACE}`,
  op: `SELECT ${PLACE}, op_id, kind, body_hash, booking_no FROM op ORDER BY ${PLACE}`,
  quarantine: `SELECT ${PLACE}, op_id, reason, ${us('received_at', 'received_us')},
      ${us('resolved_at', 'resolved_us')}, resolution, note FROM quarantine ORDER BY ${PLACE}`,
  booking: `SELECT ${PLACE}, booking_no, op_id, cashier_id, customer_reference, currency, amount_minor, receipt_code,
      ${us('created_at', 'created_us')}, ${us('received_at', 'received_us')} FROM booking ORDER BY ${PLACE}, booking_no`,
  posting: `SELECT b.tenant_id, b.location_id, b.device_id, b.incarnation, b.lane, b.seq, p.booking_no, p.line,
      p.account, p.currency, p.amount_minor
    FROM posting p LEFT JOIN booking b USING (tenant_id, location_id, booking_no)
    ORDER BY b.tenant_id, b.location_id, b.device_id, b.incarnation, b.lane, b.seq, p.booking_no, p.line`,
};

/** One row after the other; undefined after the last. */
export type Rows<T> = { peek(): Promise<T | undefined>; take(): Promise<T | undefined> };

/** A cursor for each table. `client` is in a transaction that reads one snapshot. */
export async function openHubRows(client: PoolClient): Promise<{
  streams: Rows<StreamRow>;
  entries: Rows<EntryRow>;
  seals: Rows<SealRow>;
  ops: Rows<OpRow>;
  quarantine: Rows<QuarantineRow>;
  bookings: Rows<BookingRow>;
  postings: Rows<PostingRow>;
}> {
  for (const [name, query] of Object.entries(QUERIES))
    await client.query(`DECLARE export_${name} NO SCROLL CURSOR FOR ${query}`);
  return {
    streams: rowsOf<StreamRow>(client, 'stream'),
    entries: rowsOf<EntryRow>(client, 'entry'),
    seals: rowsOf<SealRow>(client, 'seal'),
    ops: rowsOf<OpRow>(client, 'op'),
    quarantine: rowsOf<QuarantineRow>(client, 'quarantine'),
    bookings: rowsOf<BookingRow>(client, 'booking'),
    postings: rowsOf<PostingRow>(client, 'posting'),
  };
}

function rowsOf<T extends object>(client: PoolClient, name: keyof typeof QUERIES): Rows<T> {
  let rows: T[] = [];
  let at = 0;
  let isDone = false;
  const peek = async (): Promise<T | undefined> => {
    if (at >= rows.length && !isDone) {
      ({ rows } = await client.query<T>(`FETCH ${PIECE} FROM export_${name}`));
      at = 0;
      isDone = rows.length < PIECE;
    }
    return rows[at];
  };
  return {
    peek,
    async take() {
      const row = await peek();
      at += 1;
      return row;
    },
  };
}
