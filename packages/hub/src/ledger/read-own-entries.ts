/**
 * What the hub holds of a stream, given back to its device: to the byte, so that a store that was restored from a copy
 * can verify the chain it lost. The caller says whose stream it is by the identity of who asks, never by what is asked.
 */
import { LIMITS } from '@holdfast/base';
import type { EntriesHead, Lane } from '@holdfast/protocol';
import type { PoolClient } from 'pg';

/** The streams of one device. */
export type EntriesReader = { tenant_id: string; location_id: string; device_id: string };

type EntryRow = { header: Buffer; body: Buffer | null };
type EndsRow = { tip_seq: string; prev_hash: Buffer | null };

const OF_STREAM = 'tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5';

const ENDS = `
  SELECT coalesce((SELECT acked_seq FROM stream WHERE ${OF_STREAM}), 0)::text AS tip_seq,
         (SELECT hash FROM entry WHERE ${OF_STREAM} AND seq = $6) AS prev_hash`;

/** At most $7 entries and $8 bytes, but one entry at least. */
const PAGE = `
  SELECT header, body FROM (
    SELECT seq, header, body, sum(length(header) + coalesce(length(body), 4) + 2) OVER (ORDER BY seq) AS bytes
    FROM (SELECT seq, header, body FROM entry WHERE ${OF_STREAM} AND seq > $6 ORDER BY seq LIMIT $7) AS next
  ) AS counted
  WHERE bytes <= $8 OR seq = $6 + 1 ORDER BY seq`;

/**
 * The page after `after_seq` as NDJSON: an {@link EntriesHead}, then header line and body line of each entry. A stream
 * that is not the reader's is one the hub does not know: an empty page. `client` must be in a snapshot transaction.
 */
export async function readOwnEntries(
  client: PoolClient,
  input: { reader: EntriesReader; incarnation: string; lane: Lane; after_seq: number; limit: number },
): Promise<Buffer> {
  const { reader, incarnation, lane, after_seq, limit } = input;
  const place = [reader.tenant_id, reader.location_id, reader.device_id, incarnation, lane, after_seq];
  const ends = (await client.query<EndsRow>(ENDS, place)).rows[0];
  const { rows } = await client.query<EntryRow>(PAGE, [...place, limit, LIMITS.batchBytesMax]);
  const head: EntriesHead = {
    incarnation,
    lane,
    first_seq: after_seq + 1,
    count: rows.length,
    prev_hash: after_seq === 0 ? '0'.repeat(64) : (ends?.prev_hash?.toString('hex') ?? null),
    tip_seq: Number(ends?.tip_seq ?? 0),
  };
  const lines: Uint8Array[] = [Buffer.from(`${JSON.stringify(head)}\n`)];
  for (const { header, body } of rows) lines.push(header, NEWLINE, body ?? ERASED, NEWLINE);
  return Buffer.concat(lines);
}

const NEWLINE = Buffer.from('\n');
const ERASED = Buffer.from('null');
