/**
 * The order of a replay: each stream by its entries, and all streams together as the hub took them in. So of two
 * operations with one name the same one is booked again, and bookings are numbered as they came.
 */
import type { ArchiveReader, SegmentPlace } from '../archive/archive.ts';
import { isOurHead, parseHead } from '../archive/read-segment.ts';
import { type Candidate, findSuperseded } from './superseded.ts';

/** A segment whose head can be read. */
export type PlannedSegment = {
  place: SegmentPlace;
  location_id: string;
};

/** A segment that cannot be used, and why. */
export type DamagedSegment = { path: string; reason: string };

/**
 * Looks at the head of every segment of `places`, which come stream by stream, each in the order of its entries. What
 * others took the place of comes last of all, where it is found not to fit.
 */
export async function planReplay(
  { archive, macKey }: { archive: ArchiveReader; macKey: Uint8Array },
  places: AsyncIterable<SegmentPlace> | Iterable<SegmentPlace> = archive.segments(),
): Promise<{ planned: PlannedSegment[]; damaged: DamagedSegment[] }> {
  const found: (PlannedSegment & { dueMs: number })[] = [];
  const damaged: DamagedSegment[] = [];
  const superseded = new Set<string>();
  let candidates: Candidate[] = [];
  const endStream = async () => {
    for (const path of await findSuperseded(candidates, { archive, macKey })) superseded.add(path);
    candidates = [];
  };
  let stream = '';
  let dueMs = 0;
  for await (const place of places) {
    const head = parseHead(await archive.readHead(place), place);
    if (head === undefined) {
      damaged.push({ path: place.path, reason: 'its first line is not the head of this segment' });
      continue;
    }
    if (streamOf(place) !== stream) {
      await endStream();
      dueMs = 0;
    }
    stream = streamOf(place);
    if (isOurHead(macKey, head)) candidates.push({ place, head });
    // Clocks jump; a segment is never due before the one that it continues.
    dueMs = Math.max(dueMs, Date.parse(head.received_at));
    found.push({ place, location_id: head.location_id, dueMs });
  }
  await endStream();
  // Stable: what is due at once stays in the order of its stream.
  found.sort((a, b) => a.dueMs - b.dueMs);
  const isSuperseded = ({ place }: PlannedSegment) => superseded.has(place.path);
  const planned = [...found.filter((each) => !isSuperseded(each)), ...found.filter(isSuperseded)];
  return { planned, damaged };
}

/** One name for a stream. */
export function streamOf(place: Omit<SegmentPlace, 'first_seq' | 'last_seq' | 'path'>): string {
  return `${place.tenant_id}/${place.device_id}/${place.incarnation}/${place.lane}`;
}
