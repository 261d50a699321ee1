/**
 * Heals the archive: what could not be archived when it was accepted is written again from the database, seal by seal,
 * and becomes safe. A stream is locked while a piece of it is healed, so that it cannot pass a batch that is under way.
 * Devices go first, for their entries are of no use without them.
 */
import { assert, must, type Ports, type Service } from '@holdfast/base';
import type { DeviceState } from '@holdfast/protocol';
import type { Metrics } from '@holdfast/runtime';
import type { Pool, PoolClient } from 'pg';
import { transact } from '../store/transact.ts';
import type { Segment, SegmentArchive } from './archive.ts';
import { append } from './archive.ts';
import type { IdentityKeeper } from './keep-identities.ts';
import { signSegment } from './segment-mac.ts';

const LOOK_EVERY_MS = 60_000;
const STREAMS_AT_ONCE = 100;
/**
 * Entries of a segment that no seal ends: those of a stream that the hub itself writes. One is as large as a request, and
 * twice that where it is quoted: so many fit a segment that can be read again, whatever they say.
 */
const UNSEALED_MAX = 8n;

type StreamRow = {
  tenant_id: string;
  location_id: string;
  device_id: string;
  incarnation: string;
  lane: string;
  acked_seq: bigint;
  safe_seq: bigint;
};

type SealRow = { seq: bigint; statement: string; signature: Buffer };
type EntryRow = {
  seq: bigint;
  header: Buffer;
  body: Buffer | null;
  hash: Buffer;
  received_at: Date;
};

const OF_STREAM = 'tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5';

export type ArchiveCatchUp = Service & {
  /** Makes everything safe that can be made so now; returns the number of segments written. */
  once(): Promise<number>;
};

/** A service that looks once a minute. It fails, to be restarted, when the archive does. */
export function createArchiveCatchUp({
  pool,
  archive,
  identities,
  macKey,
  ports,
  metrics,
}: {
  pool: Pool;
  archive: SegmentArchive;
  identities: Pick<IdentityKeeper, 'once'>;
  macKey: Uint8Array;
  ports: Ports;
  metrics: Metrics;
}): ArchiveCatchUp {
  const healed = metrics.counter('holdfast_hub_archive_healed_total', 'Segments that were archived later.');
  const once = async () => {
    await identities.once();
    let segments = 0;
    for (const stream of await unsafeStreams(pool)) {
      while (await healNext({ pool, archive, macKey }, stream)) segments += 1;
    }
    healed.inc({}, segments);
    return segments;
  };
  return {
    name: 'archive catch-up',
    once,
    async run(signal) {
      while (!signal.aborted) {
        await once();
        await ports.timers.sleep(LOOK_EVERY_MS, signal);
      }
    },
  };
}

async function unsafeStreams(pool: Pool): Promise<StreamRow[]> {
  const { rows } = await pool.query<StreamRow>(
    `SELECT tenant_id, location_id, device_id, incarnation, lane, acked_seq, safe_seq
     FROM stream WHERE safe_seq < acked_seq
     ORDER BY tenant_id, location_id, device_id, incarnation, lane LIMIT $1`,
    [STREAMS_AT_ONCE],
  );
  return rows;
}

/** Archives the entries up to the next seal above what is safe; false when there are none. */
async function healNext(
  { pool, archive, macKey }: { pool: Pool; archive: SegmentArchive; macKey: Uint8Array },
  { acked_seq: _, safe_seq: __, ...key }: StreamRow,
): Promise<boolean> {
  const names = [key.tenant_id, key.location_id, key.device_id, key.incarnation, key.lane];
  return transact(pool, async (client) => {
    const { rows } = await client.query<StreamRow>(
      `SELECT * FROM stream WHERE ${OF_STREAM} FOR UPDATE`,
      names,
    );
    const stream = must(rows[0], 'a stream is never removed');
    if (stream.safe_seq === stream.acked_seq) return false;
    const segment = await readSegment(client, { names, stream });
    await append(archive, signSegment(macKey, segment));
    await client.query(`UPDATE stream SET safe_seq = $6 WHERE ${OF_STREAM}`, [
      ...names,
      segment.first_seq + segment.count - 1,
    ]);
    return true;
  });
}

async function readSegment(
  client: PoolClient,
  { names, stream }: { names: string[]; stream: StreamRow },
): Promise<Omit<Segment, 'mac'>> {
  const { safe_seq, acked_seq, ...key } = stream;
  const seals = await client.query<SealRow>(
    `SELECT seq, statement, signature FROM seal WHERE ${OF_STREAM} AND seq > $6 ORDER BY seq LIMIT 1`,
    [...names, safe_seq],
  );
  const seal = seals.rows[0];
  const { rows } = await client.query<EntryRow>(
    `SELECT seq, header, body, hash, received_at FROM entry WHERE ${OF_STREAM} AND seq BETWEEN $6 AND $7 ORDER BY seq`,
    // The entry before gives the hash that the segment continues.
    [...names, safe_seq, seal?.seq ?? smaller(acked_seq, safe_seq + UNSEALED_MAX)],
  );
  const before = safe_seq === 0n ? undefined : rows.shift();
  const first = must(rows[0], 'there are entries above what is safe');
  const last = must(rows.at(-1), 'there are entries above what is safe');
  assert(first.seq === safe_seq + 1n, 'a stream has no holes');
  const erased = rows.filter(({ body }) => body === null).map(({ seq }) => Number(seq));
  return {
    tenant_id: key.tenant_id,
    location_id: key.location_id,
    device_id: key.device_id,
    incarnation: key.incarnation,
    lane: key.lane,
    first_seq: Number(first.seq),
    count: rows.length,
    prev_hash: before?.hash.toString('hex') ?? '0'.repeat(64),
    head_hash: last.hash.toString('hex'),
    received_at: last.received_at.toISOString(),
    device_state: await stateThen(client, { names, first: first.seq, last: last.seq }),
    ...(erased.length > 0 && { erased }),
    lines: linesOf(rows, seal),
  };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The state the device had when the hub took these entries in, as the quarantine tells it. */
async function stateThen(
  client: PoolClient,
  { names, first, last }: { names: string[]; first: bigint; last: bigint },
): Promise<DeviceState> {
  const { rows } = await client.query<{ reason: string }>(
    `SELECT reason FROM quarantine WHERE ${OF_STREAM} AND seq BETWEEN $6 AND $7
       AND reason IN ('device_suspended', 'device_revoked') LIMIT 1`,
    [...names, first, last],
  );
  if (rows[0] === undefined) return 'active';
  return rows[0].reason === 'device_revoked' ? 'revoked' : 'suspended';
}

/** The lines as they came in; those of a stream that the hub itself writes end with `null` instead of a seal. */
function linesOf(rows: readonly EntryRow[], seal: SealRow | undefined): Buffer {
  const newline = Buffer.from('\n');
  const parts = rows.flatMap((row) => [row.header, newline, row.body ?? Buffer.from('null'), newline]);
  const sealLine = seal && { statement: seal.statement, signature: seal.signature.toString('base64url') };
  return Buffer.concat([...parts, Buffer.from(`${JSON.stringify(sealLine ?? null)}\n`)]);
}
