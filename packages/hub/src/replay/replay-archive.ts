/**
 * Replays the archive into a database that lacks some of it, or all. What is not there yet goes through the judgement
 * and the function that live batches go through; what is there is compared. A segment is taken as a whole or not at
 * all, so that a replay that was killed is simply made again.
 */
import type { Clock } from '@holdfast/base';
import type { Verifier } from '@holdfast/crypto';
import type { Pool } from 'pg';
import type { ArchiveReader, IdentityArchive } from '../archive/archive.ts';
import { readSegment } from '../archive/read-segment.ts';
import { bookSuspended } from '../quarantine/book-suspended.ts';
import { transact } from '../store/transact.ts';
import { appendSegment } from './append-segment.ts';
import { createCoverage } from './coverage.ts';
import { type DamagedSegment, type PlannedSegment, planReplay, streamOf } from './plan-replay.ts';
import { type ReplayedIdentities, replayIdentities } from './replay-identities.ts';
import { readSealers, type Sealer } from './sealers.ts';

/** Entries of a stream that neither the database nor the archive holds, and that are needed to go on. */
export type ReplayGap = {
  device_id: string;
  incarnation: string;
  lane: string;
  from_seq: number;
  to_seq: number;
};

/** What a replay did. */
export type Replay = {
  identities: ReplayedIdentities;
  /** Segments that were read, and those that brought entries. */
  segments: { read: number; replayed: number };
  entries: { replayed: number; quarantined: number };
  /** Where a stream cannot go on: its device sends what is missing, if it still has it. */
  gaps: ReplayGap[];
  damaged: DamagedSegment[];
};

/** What a replay works on. */
export type ReplayInput = {
  pool: Pool;
  archive: ArchiveReader & IdentityArchive;
  macKey: Uint8Array;
  verifier: Verifier;
  clock: Clock;
  onProgress?: (done: { segments: number; of: number }) => void;
};

/**
 * Replays everything. No lease is taken and no device is said to have reported. `safe_seq` of every stream becomes what
 * the archive holds of it without a hole: less than before, too, when this archive holds less than the database says.
 */
export async function replayArchive(input: ReplayInput): Promise<Replay> {
  const identities = await replayIdentities(input);
  const coverage = createCoverage();
  const plan = await planReplay(input);
  const replayed = await replaySegments(input, { ...plan, onHeld: coverage.add });
  await transact(input.pool, (client) => coverage.write(client));
  return { identities, ...replayed };
}

/**
 * Replays the planned segments, in their order. A stream ends for it where entries are missing. `onHeld` is told each
 * segment that the database holds now.
 */
export async function replaySegments(
  input: ReplayInput,
  plan: {
    planned: readonly PlannedSegment[];
    damaged: readonly DamagedSegment[];
    onHeld?: (segment: PlannedSegment) => void;
  },
): Promise<Omit<Replay, 'identities'>> {
  const { pool, onProgress } = input;
  const { planned, onHeld } = plan;
  const damaged = [...plan.damaged];
  const replay: Omit<Replay, 'identities'> = {
    segments: { read: 0, replayed: 0 },
    entries: { replayed: 0, quarantined: 0 },
    gaps: [],
    damaged,
  };
  const sealers = await readSealers(pool);
  const stopped = new Set<string>();
  const suspended = new Map<string, Sealer>();
  for (const [index, segment] of planned.entries()) {
    onProgress?.({ segments: index, of: planned.length });
    const stream = streamOf(segment.place);
    if (stopped.has(stream)) continue;
    const sealer = sealers.get(segment.place.device_id);
    const outcome = await replaySegment(input, { segment, sealer });
    replay.segments.read += 1;
    if (outcome.kind === 'damaged') damaged.push({ path: segment.place.path, reason: outcome.reason });
    // Said once: every segment of it would say the same.
    if (sealer === undefined) stopped.add(stream);
    if (outcome.kind === 'gap') {
      replay.gaps.push(gapBefore(segment, outcome.acked_seq));
      stopped.add(stream);
    }
    if (outcome.kind !== 'held') continue;
    onHeld?.(segment);
    replay.segments.replayed += outcome.appended > 0 ? 1 : 0;
    replay.entries.replayed += outcome.appended;
    replay.entries.quarantined += outcome.quarantined;
    if (outcome.isSuspended && sealer !== undefined) suspended.set(sealer.device_id, sealer);
  }
  for (const { tenant_id: tenantId, device_id: deviceId } of suspended.values())
    await bookSuspended(pool, { tenantId, deviceId, nowMs: input.clock.nowMs() });
  return replay;
}

type Outcome =
  | { kind: 'held'; appended: number; quarantined: number; isSuspended: boolean }
  | { kind: 'gap'; acked_seq: number }
  | { kind: 'damaged'; reason: string };

async function replaySegment(
  { pool, archive, macKey, verifier }: ReplayInput,
  { segment: { place }, sealer }: { segment: PlannedSegment; sealer: Sealer | undefined },
): Promise<Outcome> {
  if (sealer === undefined) return { kind: 'damaged', reason: 'its device is in no record and no backup' };
  const bytes = await archive.read(place);
  if (bytes === undefined) return { kind: 'damaged', reason: 'it is no file, or one that is too large' };
  const read = readSegment({
    bytes,
    place,
    macKey,
    publicKeyOf: (keyId) => sealer.keys.get(keyId),
    verifier,
  });
  if (read.kind === 'damaged') return read;
  const { segment } = read;
  const row = await transact(pool, (client) => appendSegment(client, { segment, sealer }));
  if (row.kind !== 'appended') return row;
  const isSuspended = row.quarantined > 0 && segment.head.device_state === 'suspended';
  return { ...row, kind: 'held', isSuspended };
}

function gapBefore({ place }: PlannedSegment, ackedSeq: number): ReplayGap {
  const { device_id, incarnation, lane, first_seq } = place;
  return { device_id, incarnation, lane, from_seq: ackedSeq + 1, to_seq: first_seq - 1 };
}
