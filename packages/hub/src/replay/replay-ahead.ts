/**
 * Before a hub answers: what the archive holds above the database is replayed. A database that was put back by any means
 * would otherwise miss, without knowing, what devices have forgotten since because it was safe. When nothing is ahead,
 * which is nearly always, this costs the names in the archive and the records of its identities.
 *
 * Others may write in the archive: a name proves nothing, only a head or a record that this hub has made does.
 */
import type { Random } from '@holdfast/base';
import { sha256Hex } from '@holdfast/crypto';
import type { Logger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import type { ArchiveReader, SegmentPlace } from '../archive/archive.ts';
import { isOurHead, parseHead } from '../archive/read-segment.ts';
import { beginLife } from './begin-life.ts';
import { planReplay, streamOf } from './plan-replay.ts';
import { type Replay, type ReplayInput, replaySegments } from './replay-archive.ts';
import { areIdentitiesAhead, replayIdentities } from './replay-identities.ts';

/** What was ahead, and was replayed. */
export type ReplayedAhead = Pick<Replay, 'entries' | 'gaps' | 'damaged'> & {
  /** The database was put back: there is a new generation. */
  isRestored: boolean;
};

/**
 * Replays what is ahead; undefined when nothing is. One segment of a stream above the database may be a batch whose
 * commit was interrupted. More than that, or a record that is newer than its row, proves that the database was put
 * back: once, also when some of it cannot be replayed and is still ahead at the next start.
 */
export async function replayAhead(
  input: ReplayInput & { random: Random; logger: Logger },
): Promise<ReplayedAhead | undefined> {
  const { pool, random, logger } = input;
  const { places, isBeyond } = await findAhead(input);
  const isNews = isBeyond && (await readLeft(pool)) !== nameOf(places);
  const isRestored = isNews || (await areIdentitiesAhead(input));
  if (places.length === 0 && !isRestored) return undefined;
  if (isRestored) {
    logger.warn(
      { segments: places.length },
      'the database is older than the archive: it was put back, and what it lacks is replayed',
    );
    // First of all: a replay that is killed may leave nothing that proves it.
    await beginLife(pool, random);
    await replayIdentities(input);
  }
  const { entries, gaps, damaged } = await replaySegments(input, await planReplay(input, places));
  await noteLeft(pool, nameOf((await findAhead(input)).places));
  logger.info({ entries: entries.replayed, gaps, damaged }, 'the archive was replayed');
  return { isRestored, entries, gaps, damaged };
}

async function findAhead({
  pool,
  archive,
  macKey,
}: ReplayInput): Promise<{ places: SegmentPlace[]; isBeyond: boolean }> {
  const isAbove = (known: ReadonlyMap<string, number>, place: SegmentPlace) =>
    place.last_seq > (known.get(streamOf(place)) ?? 0);
  const before = await readAcked(pool);
  // Nearly all of an archive is not: only the names of what is stay in memory.
  const above: SegmentPlace[] = [];
  for await (const place of archive.segments()) if (isAbove(before, place)) above.push(place);
  // After the archive was read: what another hub on this database has committed meanwhile is not ahead.
  const acked = await readAcked(pool);
  const ackedOf = (place: SegmentPlace) => acked.get(streamOf(place)) ?? 0;
  const places: SegmentPlace[] = [];
  for (const place of above)
    if (isAbove(acked, place) && (await isOurs({ archive, macKey, place }))) places.push(place);
  return { places, isBeyond: places.some((place) => place.first_seq > ackedOf(place) + 1) };
}

async function isOurs(at: {
  archive: ArchiveReader;
  macKey: Uint8Array;
  place: SegmentPlace;
}): Promise<boolean> {
  const head = parseHead(await at.archive.readHead(at.place), at.place);
  return head !== undefined && isOurHead(at.macKey, head);
}

async function readAcked(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<Omit<SegmentPlace, 'path'> & { acked_seq: bigint }>(
    'SELECT tenant_id, device_id, incarnation, lane, acked_seq FROM stream',
  );
  return new Map(rows.map((row) => [streamOf(row), Number(row.acked_seq)]));
}

/** One name for all that is ahead; a database that was put back since has another one, or other segments ahead. */
function nameOf(places: readonly SegmentPlace[]): string {
  return sha256Hex(places.map((each) => `${streamOf(each)}/${each.first_seq}-${each.last_seq}\n`).join(''));
}

async function readLeft(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ value: string }>("SELECT value FROM hub_meta WHERE key = 'left_ahead'");
  return rows[0]?.value;
}

/** Notes what could not be replayed: holes before it are filled by devices, or by nobody. */
async function noteLeft(pool: Pool, name: string): Promise<void> {
  await pool.query(
    "INSERT INTO hub_meta VALUES ('left_ahead', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    [name],
  );
}
