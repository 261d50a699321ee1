/** The devices of a tenant as its operator sees and governs them. */
import { AppError } from '@holdfast/base';
import type { DeviceState, Lane } from '@holdfast/protocol';
import type { Pool } from 'pg';
import { keyOfCursor, listCursor } from '../ledger/list-cursor.ts';

/** One stream of a device, in short. */
export type DeviceStream = {
  incarnation: string;
  lane: Lane;
  acked_seq: number;
  safe_seq: number;
  /** As last reported; null before the first word. */
  tip_seq: number | null;
  last_received_at: string | null;
  reported_at: string | null;
};

/** A device as the list shows it. */
export type DeviceListing = {
  device_id: string;
  name: string;
  kind: string;
  state: DeviceState;
  store_id: string;
  software_version: string;
  created_at: string;
  streams: DeviceStream[];
};

type DeviceRow = Omit<DeviceListing, 'created_at' | 'streams'> & { created_at: Date };

type StreamRow = {
  device_id: string;
  incarnation: string;
  lane: Lane;
  acked_seq: string;
  safe_seq: string;
  tip_seq: string | null;
  last_received_at: Date | null;
  reported_at: Date | null;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const DEVICES = `
  SELECT device_id, device.name, device.kind, device.state, store_id, device.software_version, device.created_at
  FROM device JOIN location USING (tenant_id, location_id)
  WHERE tenant_id = $1 AND ($2::uuid IS NULL OR device_id > $2) AND ($3::uuid IS NULL OR device_id = $3)
  ORDER BY device_id LIMIT $4`;

/** Streams of a device that a list shows, the newest first among all it ever had. */
const STREAMS_MAX = 16;

const STREAMS = `
  SELECT * FROM (SELECT device_id, incarnation, lane, coalesce(stream.acked_seq, 0)::text AS acked_seq,
         coalesce(stream.safe_seq, 0)::text AS safe_seq, report.tip_seq::text AS tip_seq,
         stream.last_received_at, report.reported_at,
         row_number() OVER (PARTITION BY device_id
           ORDER BY greatest(stream.last_received_at, report.reported_at) DESC, incarnation, lane) AS place
  FROM (SELECT * FROM stream WHERE tenant_id = $1 AND device_id = ANY ($2)) AS stream
  FULL JOIN (SELECT * FROM stream_report WHERE tenant_id = $1 AND device_id = ANY ($2)) AS report
    USING (tenant_id, location_id, device_id, incarnation, lane)) AS known
  WHERE place <= ${STREAMS_MAX}
  ORDER BY device_id, lane, incarnation`;

/** One page of the tenant's devices in the order they joined. Throws AppError `invalid_cursor`. */
export async function listDevices(
  pool: Pool,
  input: { tenantId: string; limit: number; cursor: string | undefined },
): Promise<{ devices: DeviceListing[]; next_cursor: string | null }> {
  const after = input.cursor === undefined ? null : keyOfCursor(input.cursor, UUID);
  const { rows } = await pool.query<DeviceRow>(DEVICES, [input.tenantId, after, null, input.limit + 1]);
  const shown = rows.slice(0, input.limit);
  const last = rows.length > input.limit ? shown.at(-1) : undefined;
  return {
    devices: await withStreams(pool, input.tenantId, shown),
    next_cursor: last === undefined ? null : listCursor(last.device_id),
  };
}

/**
 * Sets the state of a device and returns it as it is then. Revocation is final: the device enrols anew. Throws
 * AppError `not_found` or `device_revoked`.
 */
export async function setDeviceState(
  pool: Pool,
  input: { tenantId: string; deviceId: string; state: Exclude<DeviceState, 'pending'> },
): Promise<DeviceListing> {
  const { tenantId, deviceId, state } = input;
  const { rowCount } = await pool.query(
    `UPDATE device SET state = $3, revision = revision + (state <> $3)::integer
     WHERE tenant_id = $1 AND device_id = $2 AND (state <> 'revoked' OR $3 = 'revoked')`,
    [tenantId, deviceId, state],
  );
  const { rows } = await pool.query<DeviceRow>(DEVICES, [tenantId, null, deviceId, 1]);
  const [device] = await withStreams(pool, tenantId, rows);
  if (device === undefined) throw new AppError('not_found', `There is no device ${deviceId}.`);
  if (rowCount === 0) throw new AppError('device_revoked', 'A revoked device stays revoked.');
  return device;
}

/** Notes which software a device runs, when that has changed. */
export async function noteSoftwareVersion(
  pool: Pool,
  input: { tenantId: string; locationId: string; deviceId: string; softwareVersion: string },
): Promise<void> {
  await pool.query(
    `UPDATE device SET software_version = $4
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND software_version IS DISTINCT FROM $4`,
    [input.tenantId, input.locationId, input.deviceId, input.softwareVersion],
  );
}

async function withStreams(pool: Pool, tenantId: string, rows: DeviceRow[]): Promise<DeviceListing[]> {
  const ids = rows.map((row) => row.device_id);
  const { rows: streams } = await pool.query<StreamRow>(STREAMS, [tenantId, ids]);
  const byDevice = Map.groupBy(streams, (stream) => stream.device_id);
  return rows.map((row) => ({
    ...row,
    created_at: row.created_at.toISOString(),
    streams: (byDevice.get(row.device_id) ?? []).map(toStream),
  }));
}

function toStream(row: StreamRow): DeviceStream {
  return {
    incarnation: row.incarnation,
    lane: row.lane,
    acked_seq: Number(row.acked_seq),
    safe_seq: Number(row.safe_seq),
    tip_seq: row.tip_seq === null ? null : Number(row.tip_seq),
    last_received_at: row.last_received_at?.toISOString() ?? null,
    reported_at: row.reported_at?.toISOString() ?? null,
  };
}
