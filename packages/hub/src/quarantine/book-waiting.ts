/** Books entries that have waited: number, booking, postings and the end of the waiting, in one statement. */
import { assert } from '@holdfast/base';
import type { PoolClient } from 'pg';
import type { Booking } from '../ingest/judge.ts';
import type { WaitingEntry } from './waiting.ts';

/** A locked entry and what it becomes. */
export type Bookable = { waiting: WaitingEntry; booking: Booking };

/** The booking tells when the entry was received, the quarantine when it was resolved. */
const BOOK = `
  WITH given AS MATERIALIZED (
    SELECT nextval('booking_no') AS booking_no, each.* FROM (
      SELECT * FROM jsonb_to_recordset($2) AS g (
        ord integer, op_id uuid, location_id uuid, device_id uuid, incarnation text, lane text, seq bigint,
        cashier_id text, customer_reference text, currency text, amount_minor bigint, receipt_code text,
        created_at timestamptz, received_at timestamptz, postings jsonb)
      ORDER BY ord
    ) AS each
  ), booked AS (
    INSERT INTO booking SELECT $1, location_id, booking_no, op_id, device_id, incarnation, lane, seq, cashier_id,
      customer_reference, currency, amount_minor, receipt_code, created_at, received_at FROM given
  ), posted AS (
    INSERT INTO posting SELECT $1, location_id, booking_no, p.line, p.account, currency, p.amount_minor
      FROM given, jsonb_to_recordset(postings) AS p (line smallint, account text, amount_minor bigint)
  ), owned AS (
    UPDATE op SET booking_no = given.booking_no FROM given
      WHERE op.tenant_id = $1 AND op.op_id = given.op_id AND op.booking_no IS NULL
        AND op.location_id = given.location_id AND op.device_id = given.device_id
        AND op.incarnation = given.incarnation AND op.lane = given.lane AND op.seq = given.seq
      RETURNING op.op_id
  )
  UPDATE quarantine AS q SET resolved_at = $3, resolution = 'booked', note = $4
    FROM given JOIN owned USING (op_id)
    WHERE q.tenant_id = $1 AND q.location_id = given.location_id AND q.device_id = given.device_id
      AND q.incarnation = given.incarnation AND q.lane = given.lane AND q.seq = given.seq AND q.resolved_at IS NULL`;

/** Books `bookables`, which the transaction of `client` has locked and which still wait, in the order given. */
export async function bookWaiting(
  client: PoolClient,
  input: { tenantId: string; bookables: readonly Bookable[]; nowMs: number; note: string | null },
): Promise<void> {
  const { bookables } = input;
  if (bookables.length === 0) return;
  const given = bookables.map(({ waiting, booking }, ord) => ({
    ...waiting.place,
    ord,
    op_id: waiting.op_id,
    location_id: waiting.location_id,
    cashier_id: booking.cashierId,
    customer_reference: booking.customerReference,
    currency: booking.currency,
    amount_minor: String(booking.amountMinor),
    receipt_code: booking.receiptCode,
    created_at: new Date(booking.createdAtMs),
    received_at: waiting.received_at,
    postings: booking.postings.map(({ account, amountMinor }, index) => ({
      line: index + 1,
      account,
      amount_minor: String(amountMinor),
    })),
  }));
  const { rowCount } = await client.query(BOOK, [
    input.tenantId,
    JSON.stringify(given),
    new Date(input.nowMs),
    input.note,
  ]);
  assert(rowCount === bookables.length, 'what waits owns its operation, which is not booked');
}
