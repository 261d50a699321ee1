/** What the reconciliation reads from the database: one query a question, all in the caller's snapshot. */
import type { Lane } from '@holdfast/protocol';
import type { PoolClient } from 'pg';

/** Which store is asked about; without a location, all of the tenant. */
export type StoreFilter = { tenantId: string; locationId: string | null };

/** Names a stream. */
export type StreamKey = { device_id: string; incarnation: string; lane: Lane };

/** A stream as the hub holds it and as its device last told of it; either half may be missing. */
export type StreamRow = StreamKey & {
  device_name: string;
  device_state: string;
  acked_seq: string;
  safe_seq: string;
  head_hash: Buffer;
  last_received_at: Date | null;
  tip_seq: string | null;
  tip_hash: Buffer | null;
  oldest_unacked_at: Date | null;
  reported_at: Date | null;
  /** The hub's own hash at the reported tip, where it has that entry. */
  hash_at_tip: Buffer | null;
};

/** Rows that belong to a stream; `key` columns and the answer to the question. */
export type SumRow = StreamKey & { currency: string; count: string; amount_minor: string };
export type CountRow = StreamKey & { count: string };
export type GapRow = StreamKey & { from_seq: string; to_seq: string };
export type BalanceRow = { account: string; currency: string; balance_minor: string };

const STORE = 'tenant_id = $1 AND ($2::uuid IS NULL OR location_id = $2)';
const KEY = 'device_id, incarnation, lane';

const STREAMS = `
  SELECT ${KEY}, device.name AS device_name, device.state AS device_state,
         coalesce(stream.acked_seq, 0)::text AS acked_seq, coalesce(stream.safe_seq, 0)::text AS safe_seq,
         coalesce(stream.head_hash, decode(repeat('00', 32), 'hex')) AS head_hash, stream.last_received_at,
         report.tip_seq::text AS tip_seq, report.tip_hash, report.oldest_unacked_at, report.reported_at,
         (SELECT entry.hash FROM entry
          WHERE entry.tenant_id = report.tenant_id AND entry.location_id = report.location_id
            AND entry.device_id = report.device_id AND entry.incarnation = report.incarnation
            AND entry.lane = report.lane AND entry.seq = report.tip_seq) AS hash_at_tip
  FROM (SELECT * FROM stream WHERE ${STORE}) AS stream
  FULL JOIN (SELECT * FROM stream_report WHERE ${STORE}) AS report
    USING (tenant_id, location_id, device_id, incarnation, lane)
  JOIN device USING (tenant_id, location_id, device_id)
  ORDER BY device.name, ${KEY}`;

const SUMS = `
  SELECT ${KEY}, currency, count(*)::text AS count, sum(amount_minor)::text AS amount_minor
  FROM booking WHERE ${STORE} GROUP BY ${KEY}, currency ORDER BY currency`;

const ENTRIES = `SELECT ${KEY}, count(*)::text AS count FROM entry WHERE ${STORE} GROUP BY ${KEY}`;

const QUARANTINED = `
  SELECT ${KEY}, count(*)::text AS count FROM quarantine
  WHERE ${STORE} AND resolved_at IS NULL GROUP BY ${KEY}`;

/** A row just past what is acked closes each stream, so that a hole at its end is one like any other. */
const GAPS = `
  SELECT ${KEY}, (before + 1)::text AS from_seq, (seq - 1)::text AS to_seq
  FROM (
    SELECT ${KEY}, seq, lag(seq, 1, 0::bigint) OVER (PARTITION BY ${KEY} ORDER BY seq) AS before
    FROM (
      SELECT ${KEY}, seq FROM entry WHERE ${STORE}
      UNION ALL
      SELECT ${KEY}, acked_seq + 1 FROM stream WHERE ${STORE}
    ) AS place
  ) AS step
  WHERE seq > before + 1 ORDER BY ${KEY}, seq`;

const BALANCES = `
  SELECT account, currency, sum(amount_minor)::text AS balance_minor
  FROM posting WHERE ${STORE} GROUP BY account, currency ORDER BY account, currency`;

/** Every stream of the store, booked or merely reported. */
export function readStreams(client: PoolClient, filter: StoreFilter): Promise<StreamRow[]> {
  return read<StreamRow>(client, filter, STREAMS);
}

/** Bookings by stream and currency. */
export function readSums(client: PoolClient, filter: StoreFilter): Promise<SumRow[]> {
  return read<SumRow>(client, filter, SUMS);
}

/** How many entries each stream has in the journal. */
export function readEntryCounts(client: PoolClient, filter: StoreFilter): Promise<CountRow[]> {
  return read<CountRow>(client, filter, ENTRIES);
}

/** How many entries of each stream wait for a person. */
export function readQuarantineCounts(client: PoolClient, filter: StoreFilter): Promise<CountRow[]> {
  return read<CountRow>(client, filter, QUARANTINED);
}

/** The holes of each stream, from its first entry to what is acked. */
export function readGaps(client: PoolClient, filter: StoreFilter): Promise<GapRow[]> {
  return read<GapRow>(client, filter, GAPS);
}

/** The sum of all postings by account and currency. */
export function readBalances(client: PoolClient, filter: StoreFilter): Promise<BalanceRow[]> {
  return read<BalanceRow>(client, filter, BALANCES);
}

async function read<R extends object>(client: PoolClient, filter: StoreFilter, sql: string): Promise<R[]> {
  const { rows } = await client.query<R>(sql, [filter.tenantId, filter.locationId]);
  return rows;
}
