/**
 * The ledger's transactions as people and other systems list them, newest booking first. The payload is read from the
 * entry's own bytes, the very text the till posted; it is not stored again.
 */
import { LIMITS } from '@holdfast/base';
import { toDecimal } from '@holdfast/money';
import type { CentralTransaction, CentralTransactionList } from '@holdfast/protocol';
import { BodyLine } from '@holdfast/protocol';
import type { Pool } from 'pg';
import { keyOfCursor, listCursor } from './list-cursor.ts';

/** Above every number the sequence of bookings can reach. */
const PAST_NEWEST = '9223372036854775807';
/** Eighteen digits always fit PostgreSQL's bigint. */
const BOOKING_NO = /^[1-9][0-9]{0,17}$/;

type Row = {
  booking_no: string;
  op_id: string;
  store_id: string;
  cashier_id: string;
  customer_reference: string | null;
  amount_minor: string;
  currency: string;
  body: Buffer | null;
  created_at: Date;
  received_at: Date;
  device_id: string;
  receipt_code: string;
  /** Of the rows that were asked for, before the page was cut by its bytes. */
  found: string;
};

/**
 * Each location's newest are read by its primary key, then merged: the partitions are never scanned. The page ends
 * where the bodies on it exceed $5 bytes, with one row at least; lengths are known without reading a body.
 */
const NEWEST = `
  SELECT booking_no::text AS booking_no, op_id, store_id, cashier_id, customer_reference,
         amount_minor::text AS amount_minor, currency, body, created_at, received_at, device_id, receipt_code,
         found::text AS found
  FROM (
    SELECT page.*, entry.body, count(*) OVER () AS found, row_number() OVER newer AS place,
           sum(coalesce(octet_length(entry.body), 0)) OVER newer AS bytes
    FROM (
      SELECT newest.*, location.store_id
      FROM location
      CROSS JOIN LATERAL (
        SELECT * FROM booking
        WHERE booking.tenant_id = location.tenant_id AND booking.location_id = location.location_id
          AND booking.booking_no < $3
        ORDER BY booking.booking_no DESC LIMIT $4
      ) AS newest
      WHERE location.tenant_id = $1 AND ($2::text IS NULL OR location.store_id = $2)
      ORDER BY newest.booking_no DESC LIMIT $4
    ) AS page
    LEFT JOIN entry
      ON entry.tenant_id = page.tenant_id AND entry.location_id = page.location_id
        AND entry.device_id = page.device_id AND entry.incarnation = page.incarnation
        AND entry.lane = page.lane AND entry.seq = page.seq
    WINDOW newer AS (ORDER BY page.booking_no DESC)
  ) AS cut
  WHERE place < $4 AND (place = 1 OR bytes <= $5)
  ORDER BY cut.booking_no DESC`;

/**
 * One page, of one store when `storeId` is given. A booking that commits late may have a lower number than one
 * already shown: for a complete reading use the reconciliation. Throws AppError `invalid_cursor`.
 */
export async function listTransactions(
  pool: Pool,
  input: { tenantId: string; storeId: string | undefined; limit: number; cursor: string | undefined },
): Promise<CentralTransactionList> {
  const below = input.cursor === undefined ? PAST_NEWEST : keyOfCursor(input.cursor, BOOKING_NO);
  const { rows } = await pool.query<Row>(NEWEST, [
    input.tenantId,
    input.storeId ?? null,
    below,
    input.limit + 1,
    LIMITS.pageBytesMax,
  ]);
  const shown = rows.at(-1);
  const last = rows.length < Number(shown?.found ?? 0) ? shown : undefined;
  return {
    transactions: rows.map(toTransaction),
    next_cursor: last === undefined ? null : listCursor(last.booking_no),
  };
}

function toTransaction(row: Row): CentralTransaction {
  return {
    edge_transaction_id: row.op_id,
    store_id: row.store_id,
    cashier_id: row.cashier_id,
    customer_reference: row.customer_reference,
    amount_total: toDecimal(BigInt(row.amount_minor), row.currency),
    currency: row.currency,
    payload_json: payloadOf(row.body),
    created_at: row.created_at.toISOString(),
    received_at: row.received_at.toISOString(),
    device_id: row.device_id,
    receipt_code: row.receipt_code,
  };
}

/** The posted text of a sale; the empty text once the body has been erased. */
function payloadOf(body: Buffer | null): string {
  if (body === null) return '';
  const { body: content } = BodyLine.parse(JSON.parse(body.toString('utf8')));
  const payload =
    typeof content === 'object' && content !== null && 'payload' in content ? content.payload : undefined;
  return typeof payload === 'string' ? payload : '';
}
