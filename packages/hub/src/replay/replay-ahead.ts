/**
 * Before a hub answers: what the archive holds above the database is replayed. A database that was put back by any means
 * would otherwise miss, without knowing, what devices have forgotten since because it was safe. When nothing is ahead,
 * which is nearly always, this costs the names in the archive and the records of its identities.
 */
import type { Random } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import type { ArchiveReader, SegmentPlace } from '../archive/archive.ts';
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
 * commit was interrupted. More than that, or a record that is newer than its row, proves that the database was put back.
 */
export async function replayAhead(
  input: ReplayInput & { random: Random; logger: Logger },
): Promise<ReplayedAhead | undefined> {
  const { pool, archive, random, logger } = input;
  const { places, isBeyond } = await findAhead(pool, archive);
  const isStale = await areIdentitiesAhead(input);
  const isRestored = isBeyond || isStale;
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
  const { entries, gaps, damaged } = await replaySegments(input, await planReplay(archive, places));
  logger.info({ entries: entries.replayed, gaps, damaged }, 'the archive was replayed');
  return { isRestored, entries, gaps, damaged };
}

async function findAhead(
  pool: Pool,
  archive: ArchiveReader,
): Promise<{ places: SegmentPlace[]; isBeyond: boolean }> {
  const all: SegmentPlace[] = [];
  for await (const place of archive.segments()) all.push(place);
  // After the archive was read: what another hub on this database has committed meanwhile is not ahead.
  const acked = await readAcked(pool);
  const ackedOf = (place: SegmentPlace) => acked.get(streamOf(place)) ?? 0;
  const places = all.filter((place) => place.last_seq > ackedOf(place));
  return { places, isBeyond: places.some((place) => place.first_seq > ackedOf(place) + 1) };
}

async function readAcked(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<Omit<SegmentPlace, 'path'> & { acked_seq: bigint }>(
    'SELECT tenant_id, device_id, incarnation, lane, acked_seq FROM stream',
  );
  return new Map(rows.map((row) => [streamOf(row), Number(row.acked_seq)]));
}
