/**
 * Metrics of the registry. Counters are of this process; what the gauges show is in the database, asked at each scrape,
 * and the same from every process of a hub.
 */
import type { Metrics } from '@holdfast/runtime';
import type { Pool } from 'pg';

export type HubMetrics = {
  /** Counts a refused signature or token. */
  refused(code: string): void;
  /** Reads what the gauges show. */
  refresh(pool: Pool): Promise<void>;
};

type StateRow = { state: string; devices: string };
type StreamTotals = { missing: string; quarantined: string };

const STREAM_TOTALS = `
  SELECT (SELECT coalesce(sum(greatest(0, report.tip_seq - coalesce(stream.acked_seq, 0))), 0)
          FROM stream_report AS report
          LEFT JOIN stream USING (tenant_id, location_id, device_id, incarnation, lane))::text AS missing,
         (SELECT count(*) FROM quarantine WHERE resolved_at IS NULL)::text AS quarantined`;

/** Adds them to `metrics`. */
export function createHubMetrics(metrics: Metrics): HubMetrics {
  const refusals = metrics.counter('holdfast_hub_auth_failures_total', 'Refused credentials, by code.', [
    'code',
  ]);
  const devices = metrics.gauge('holdfast_hub_devices', 'Enrolled devices, by state.');
  const missing = metrics.gauge(
    'holdfast_hub_missing_entries',
    'Entries that devices reported and the hub lacks.',
  );
  const quarantined = metrics.gauge('holdfast_hub_quarantined_entries', 'Entries that wait for a person.');
  return {
    refused: (code) => refusals.inc({ code }),
    async refresh(pool) {
      const states = await pool.query<StateRow>(
        'SELECT state, count(*)::text AS devices FROM device GROUP BY state',
      );
      for (const state of ['pending', 'active', 'suspended', 'revoked']) {
        const row = states.rows.find((candidate) => candidate.state === state);
        devices.set(Number(row?.devices ?? 0), { state });
      }
      const { rows } = await pool.query<StreamTotals>(STREAM_TOTALS);
      missing.set(Number(rows[0]?.missing ?? 0));
      quarantined.set(Number(rows[0]?.quarantined ?? 0));
    },
  };
}
