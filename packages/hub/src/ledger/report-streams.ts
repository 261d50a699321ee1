/**
 * What devices say they hold. It decides nothing; it lets the hub tell what is still missing. A process that another
 * one has superseded reports on a disk that is no longer the device's, and is not listened to. Nor is a tip that no
 * store can have reached believed, and of made-up streams only so many are kept.
 */
import type { Heartbeat } from '@holdfast/protocol';
import type { Pool } from 'pg';

const REPORT = `
  INSERT INTO stream_report AS known
    (tenant_id, location_id, device_id, incarnation, lane, tip_seq, tip_hash, oldest_unacked_at, reported_at)
  SELECT $1, $2, $3, told.incarnation, told.lane, told.tip_seq, decode(told.tip_hash, 'hex'), told.oldest, $10
  FROM unnest($5::text[], $6::text[], $7::bigint[], $8::text[], $9::timestamptz[])
    AS told (incarnation, lane, tip_seq, tip_hash, oldest)
  WHERE NOT EXISTS (
    SELECT FROM boot WHERE boot.tenant_id = $1 AND boot.device_id = $3 AND boot.incarnation = told.incarnation
      AND boot.boot = $4 AND boot.superseded_at IS NOT NULL)
    AND is_believable(told.tip_seq, (
      SELECT acked_seq FROM stream WHERE stream.tenant_id = $1 AND stream.location_id = $2 AND stream.device_id = $3
        AND stream.incarnation = told.incarnation AND stream.lane = told.lane))
  ON CONFLICT (tenant_id, location_id, device_id, incarnation, lane) DO UPDATE
    SET tip_seq = excluded.tip_seq, tip_hash = excluded.tip_hash,
        oldest_unacked_at = excluded.oldest_unacked_at, reported_at = excluded.reported_at
    WHERE known.reported_at <= excluded.reported_at`;

/** Keeps the reports of a heartbeat. Of two on one stream the last stands. */
export async function reportStreams(
  pool: Pool,
  input: {
    device: { tenant_id: string; location_id: string; device_id: string };
    heartbeat: Pick<Heartbeat, 'boot' | 'streams'>;
    nowMs: number;
  },
): Promise<void> {
  const { device, heartbeat } = input;
  const streams = [
    ...new Map(heartbeat.streams.map((told) => [`${told.incarnation}/${told.lane}`, told])).values(),
  ];
  if (streams.length === 0) return;
  await pool.query(REPORT, [
    device.tenant_id,
    device.location_id,
    device.device_id,
    heartbeat.boot,
    streams.map((told) => told.incarnation),
    streams.map((told) => told.lane),
    streams.map((told) => told.tip_seq),
    streams.map((told) => told.tip_hash),
    streams.map((told) => dateOf(told.oldest_unacked_at)),
    new Date(input.nowMs),
  ]);
  await pool.query('SELECT forget_reports($1, $2, $3)', [
    device.tenant_id,
    device.location_id,
    device.device_id,
  ]);
}

/** A time that is none (the wire allows a 13th month) is told as not known. */
function dateOf(instant: string | null): Date | null {
  const ms = instant === null ? Number.NaN : Date.parse(instant);
  return Number.isNaN(ms) ? null : new Date(ms);
}
