/**
 * Segments of one stream that hold different entries at one place. A batch is in the archive before its commit, and only
 * one of the two was ever committed: a commit that failed leaves a segment behind that nothing goes on from, and another
 * copy of the device may have taken its place. What was taken in later is what was answered.
 */
import type { ArchiveReader, SegmentPlace } from '../archive/archive.ts';
import { readHashes, type SegmentHead } from '../archive/read-segment.ts';

/** A segment whose head this hub has made. */
export type Candidate = { place: SegmentPlace; head: SegmentHead };

type From = { archive: ArchiveReader; macKey: Uint8Array };

/**
 * The paths of those that others took the place of. `candidates` are of one stream, in the order of their entries; only
 * such as overlap are read, each once.
 */
export async function findSuperseded(candidates: readonly Candidate[], from: From): Promise<string[]> {
  const goneOnFrom = new Set(candidates.map(({ head }) => head.prev_hash));
  const superseded: string[] = [];
  for (const group of overlapping(candidates))
    superseded.push(...(await judge(ranked(group, goneOnFrom), from)));
  return superseded;
}

/** Runs of segments of which each overlaps one before it. */
function overlapping(candidates: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  let lastSeq = 0;
  for (const candidate of candidates) {
    const { first_seq, last_seq } = candidate.place;
    if (first_seq > lastSeq) groups.push([]);
    groups.at(-1)?.push(candidate);
    lastSeq = Math.max(lastSeq, last_seq);
  }
  return groups.filter((group) => group.length > 1);
}

/** The most credible first: what others go on from, then what came in last, for the hub's clock may have jumped. */
function ranked(group: readonly Candidate[], goneOnFrom: ReadonlySet<string>): Candidate[] {
  const isGoneOnFrom = ({ head }: Candidate) => goneOnFrom.has(head.head_hash);
  const receivedMs = ({ head }: Candidate) => Date.parse(head.received_at);
  return [...group].sort(
    (a, b) => Number(isGoneOnFrom(b)) - Number(isGoneOnFrom(a)) || receivedMs(b) - receivedMs(a),
  );
}

/** Whatever contradicts one before it was not committed. */
async function judge(group: readonly Candidate[], { archive, macKey }: From): Promise<string[]> {
  const line = new Map<number, Buffer>();
  const superseded: string[] = [];
  for (const { place } of group) {
    const bytes = await archive.read(place);
    const hashes = bytes && readHashes({ bytes, place, macKey });
    // One that is damaged says nothing; its replay names it.
    if (hashes === undefined) continue;
    const seqOf = (index: number) => place.first_seq + index;
    if (hashes.some((hash, index) => line.get(seqOf(index))?.equals(hash) === false))
      superseded.push(place.path);
    else
      hashes.forEach((hash, index) => {
        line.set(seqOf(index), hash);
      });
  }
  return superseded;
}
