/** Rows of the ledger as records of an export: what the columns hold, in the text forms of the format. */
import type { BookingRecord, ExportRecord, HubEntryRecord, HubStreamRecord } from '@holdfast/verify';
import type {
  BookingRow,
  EntryRow,
  OpRow,
  PlaceRow,
  PostingRow,
  QuarantineRow,
  SealRow,
  StreamRow,
} from './hub-rows.ts';

/** Everything that stands at one place. */
export type Group = {
  place: PlaceRow;
  entries: EntryRow[];
  seals: SealRow[];
  ops: OpRow[];
  quarantine: QuarantineRow[];
  bookings: BookingRow[];
  postings: PostingRow[];
};

/** An entry with everything that stands at its place. */
export function entryRecord(group: Group, entry: EntryRow, stream: number): HubEntryRecord {
  const [seal] = group.seals;
  const [quarantine] = group.quarantine;
  return {
    record: 'hub_entry',
    stream,
    seq: Number(entry.seq),
    header: entry.header.toString(),
    body: entry.body?.toString() ?? null,
    hash: entry.hash.toString('hex'),
    seal: seal ? { statement: seal.statement, signature: seal.signature.toString('base64url') } : null,
    op_id: entry.op_id,
    kind: entry.kind,
    received_at: instant(entry.received_us),
    ops: group.ops.map(({ op_id, kind, body_hash, booking_no }) => ({
      op_id,
      kind,
      body_hash: body_hash.toString('hex'),
      booking_no: booking_no === null ? null : String(booking_no),
    })),
    quarantine: quarantine
      ? {
          op_id: quarantine.op_id,
          reason: quarantine.reason,
          received_at: instant(quarantine.received_us),
          resolved_at: quarantine.resolved_us === null ? null : instant(quarantine.resolved_us),
          resolution: quarantine.resolution,
          note: quarantine.note,
        }
      : null,
    bookings: group.bookings.map((booking) => bookingRecord(booking, group.postings)),
  };
}

function bookingRecord(row: BookingRow, postings: readonly PostingRow[]): BookingRecord {
  return {
    booking_no: String(row.booking_no),
    op_id: row.op_id,
    cashier_id: row.cashier_id,
    customer_reference: row.customer_reference,
    currency: row.currency,
    amount_minor: String(row.amount_minor),
    receipt_code: row.receipt_code,
    created_at: instant(row.created_us),
    received_at: instant(row.received_us),
    postings: postings
      .filter((posting) => posting.booking_no === row.booking_no)
      .map(({ line, account, currency, amount_minor }) => ({
        line,
        account,
        currency,
        amount_minor: String(amount_minor),
      })),
  };
}

/** A row of the streams; `stream` is its number in the export. */
export function streamRecord(row: StreamRow, stream: number): HubStreamRecord {
  return {
    record: 'hub_stream',
    stream,
    tenant_id: row.tenant_id,
    location_id: row.location_id,
    device_id: row.device_id,
    incarnation: row.incarnation,
    lane: row.lane,
    acked_seq: Number(row.acked_seq),
    head_hash: row.head_hash.toString('hex'),
    safe_seq: Number(row.safe_seq),
    last_received_at: instant(row.last_received_us),
  };
}

/** A row that belongs to no place of any stream. */
export function orphan(table: string, row: object): ExportRecord {
  const texts = Object.entries(row).map(([name, value]): [string, unknown] => [name, plain(value)]);
  return { record: 'orphan', table, row: Object.fromEntries(texts) };
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return Buffer.isBuffer(value) ? value.toString('base64url') : value;
}

/** Microseconds as an instant; of what is finer than a millisecond, all six decimals. */
function instant(us: bigint): string {
  const ms = Number(us / 1000n) - (us % 1000n < 0n ? 1 : 0);
  const rest = Number(((us % 1000n) + 1000n) % 1000n);
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return String(us);
  return rest === 0
    ? date.toISOString()
    : date.toISOString().replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
