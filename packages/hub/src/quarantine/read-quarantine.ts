/** Reads the quarantine for people: where an entry stands, why it waits or what became of it, and what it says. */
import { LIMITS, must } from '@holdfast/base';
import {
  Amount,
  BodyLine,
  CurrencyCode,
  type QuarantineEntry,
  type QuarantineList,
  type QuarantinePlace,
} from '@holdfast/protocol';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { keyOfCursor, listCursor } from '../ledger/list-cursor.ts';

/** Which entries a list shows. */
export type QuarantineState = 'open' | 'resolved';

const IS_OF_STATE: Record<QuarantineState, string> = {
  open: 'q.resolved_at IS NULL',
  resolved: 'q.resolved_at IS NOT NULL',
};

type Row = Omit<
  QuarantineEntry,
  'seq' | 'received_at' | 'resolved_at' | 'amount_total' | 'currency' | 'body'
> & {
  seq: bigint;
  received_at: Date;
  resolved_at: Date | null;
  body: Buffer | null;
};

const COLUMNS = `q.tenant_id, q.location_id, q.device_id, q.incarnation, q.lane, q.seq, q.op_id, q.reason,
  q.received_at, q.resolved_at, q.resolution, q.note, location.store_id, device.name AS device_name`;
const TABLES = `quarantine AS q JOIN location USING (tenant_id, location_id)
  JOIN device USING (tenant_id, location_id, device_id)`;
const WITH_ENTRY = 'JOIN entry USING (tenant_id, location_id, device_id, incarnation, lane, seq)';
const ORDER = 'received_at, device_id, incarnation, lane, seq';

/** `found` counts the rows before those are left out whose bodies would make the page too large. */
const pageOf = (state: QuarantineState) => `
  SELECT * FROM (
    SELECT page.*, entry.body, count(*) OVER () AS found,
      coalesce(sum(octet_length(entry.body)) OVER (
        ORDER BY page.received_at, device_id, incarnation, lane, seq
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
    FROM (
      SELECT ${COLUMNS} FROM ${TABLES}
      WHERE q.tenant_id = $1 AND ${IS_OF_STATE[state]} AND ($2::text IS NULL OR location.store_id = $2)
        AND ($3::timestamptz IS NULL OR (q.received_at, q.device_id, q.incarnation, q.lane, q.seq)
          > ($3, $4::uuid, $5::text, $6::text, $7::bigint))
      ORDER BY q.received_at, q.device_id, q.incarnation, q.lane, q.seq LIMIT $8
    ) AS page ${WITH_ENTRY}
  ) AS sized WHERE bytes_before < $9 ORDER BY ${ORDER}`;

const ONE = `
  SELECT ${COLUMNS}, entry.body FROM ${TABLES} ${WITH_ENTRY}
  WHERE q.tenant_id = $1 AND q.device_id = $2 AND q.incarnation = $3 AND q.lane = $4 AND q.seq = $5`;

/** One page, oldest first: at most a megabyte of bodies, but one entry at least. Throws AppError `invalid_cursor`. */
export async function listQuarantine(
  pool: Pool,
  input: {
    tenantId: string;
    storeId: string | undefined;
    state: QuarantineState;
    limit: number;
    cursor: string | undefined;
  },
): Promise<QuarantineList> {
  const { rows } = await pool.query<Row & { found: bigint }>(pageOf(input.state), [
    input.tenantId,
    input.storeId ?? null,
    ...afterCursor(input.cursor),
    input.limit + 1,
    LIMITS.batchBytesMax,
  ]);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  const isMore = last !== undefined && Number(last.found) > shown.length;
  return { entries: shown.map(toEntry), next_cursor: isMore ? cursorAfter(last) : null };
}

/** The entry at a place where one waits, or waited. */
export async function readQuarantined(
  client: PoolClient,
  { tenantId, place }: { tenantId: string; place: QuarantinePlace },
): Promise<QuarantineEntry> {
  const values = [tenantId, place.device_id, place.incarnation, place.lane, place.seq];
  const { rows } = await client.query<Row>(ONE, values);
  return toEntry(must(rows[0], 'the place was looked up before'));
}

const CURSOR = /^([0-9]{1,13})\/([0-9a-f-]{36})\/([0-9a-f]{32})\/([a-z_]+)\/([0-9]{1,18})$/;
const UUID_IN_CURSOR = /\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\//;

function cursorAfter(row: Row): string {
  return listCursor([row.received_at.getTime(), row.device_id, row.incarnation, row.lane, row.seq].join('/'));
}

/** The values of the row that the cursor names, or nulls without one. */
function afterCursor(cursor: string | undefined): (Date | string | null)[] {
  if (cursor === undefined) return [null, null, null, null, null];
  keyOfCursor(cursor, UUID_IN_CURSOR);
  const [, receivedAtMs, ...rest] = CURSOR.exec(keyOfCursor(cursor, CURSOR)) ?? [];
  return [new Date(Number(receivedAtMs)), ...rest];
}

const ReadableSale = z.object({ amount_total: Amount, currency: CurrencyCode });

function toEntry(row: Row): QuarantineEntry {
  const body = row.body?.toString('utf8') ?? null;
  const sale = body === null ? undefined : readSale(body);
  return {
    device_id: row.device_id,
    incarnation: row.incarnation,
    lane: row.lane,
    seq: Number(row.seq),
    device_name: row.device_name,
    store_id: row.store_id,
    op_id: row.op_id,
    reason: row.reason,
    received_at: row.received_at.toISOString(),
    resolved_at: row.resolved_at?.toISOString() ?? null,
    resolution: row.resolution,
    note: row.note,
    amount_total: sale?.amount_total ?? null,
    currency: sale?.currency ?? null,
    body,
  };
}

function readSale(line: string): z.infer<typeof ReadableSale> | undefined {
  try {
    return ReadableSale.safeParse(BodyLine.safeParse(JSON.parse(line)).data?.body).data;
  } catch {
    return undefined; // Not JSON is an answer here: that may be why it waits.
  }
}
