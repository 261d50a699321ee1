/**
 * The archive against what it is an archive of. A segment of another history is no fault: a batch whose commit failed
 * stays, and whoever replays goes by place and hash. What counts is that everything called safe is in some segment, and
 * that nothing in an archive hangs in the air.
 */
import { type ReadSegment, readSegment } from './archive-file.ts';
import { ZERO_HASH } from './bytes.ts';
import { type Check, expectAll, type Report, reporter } from './check.ts';
import type { HubStreamRecord, SegmentRecord } from './records.ts';
import type { StreamWalk } from './stream-walk.ts';

/** How far the segments of a stream cover it without a hole. */
export type SegmentCoverage = {
  /** Segments come in the order of their first entry. */
  take(record: SegmentRecord): void;
  end(report: Report): void;
};

/** The coverage of a stream of the hub, whose entries have been walked over. */
export function createCoverage(
  check: Check,
  { record, walk }: { record: HubStreamRecord; walk: StreamWalk },
): SegmentCoverage {
  let covered = 0;
  return {
    take(segment) {
      const read = readSegment(check, segment);
      if (read === undefined || !read.isSound) return;
      checkPlace(check, { read, record, file: segment.file });
      const { head, hashes } = read;
      // What came after the snapshot of the ledger was taken is not compared.
      const known = hashes.slice(0, Math.max(0, walk.seq - head.first_seq + 1));
      const firstForeign = known.findIndex((hash, i) => walk.hashAt(head.first_seq + i) !== hash);
      const same = firstForeign === -1 ? known.length : firstForeign;
      if (same < known.length) check.counts.segments_apart += 1;
      if (same > 0 && head.first_seq <= covered + 1) covered = Math.max(covered, head.first_seq + same - 1);
    },
    end(report) {
      if (!check.hasArchive || covered >= record.safe_seq) return;
      const sentence = 'The archive does not hold everything that is called safe.';
      const [expected, found] = [`all up to ${record.safe_seq}`, `a hole after ${covered}`];
      report({ code: 'archive_gap', sentence, expected, found });
    },
  };
}

function checkPlace(
  check: Check,
  { read, record, file }: { read: ReadSegment; record: HubStreamRecord; file: string },
): void {
  const { head } = read;
  const report = reporter(check, { tenant_id: head.tenant_id, device_id: head.device_id, file });
  expectAll(report, { code: 'segment', row: 'segment', because: 'that of its stream' }, [
    ['tenant_id', head.tenant_id, record.tenant_id],
    ['location_id', head.location_id, record.location_id],
    ['device_id', head.device_id, record.device_id],
    ['incarnation', head.incarnation, record.incarnation],
    ['lane', head.lane, record.lane],
  ]);
}

/** Segments without a stream above them: those of an archive alone, in the order of streams and first entries. */
export type ArchiveCheck = { take(record: SegmentRecord): void };

/** A check of an archive of which nothing has been read. */
export function createArchiveCheck(check: Check): ArchiveCheck {
  const state = { stream: '', reached: new Set<string>() };
  return {
    take(segment) {
      const read = readSegment(check, segment);
      if (read === undefined) return;
      const { head, hashes } = read;
      const stream = `${head.tenant_id}/${head.device_id}/${head.incarnation}-${head.lane}`;
      if (stream !== state.stream) {
        check.counts.streams += 1;
        state.stream = stream;
        state.reached = new Set([nodeOf(0, ZERO_HASH)]);
      }
      const isReached = state.reached.has(nodeOf(head.first_seq - 1, head.prev_hash));
      if (!isReached) {
        const { device_id, incarnation, lane } = head;
        const sentence = 'The segment follows an entry that the archive does not hold.';
        const place = { device_id, incarnation, lane, seq: head.first_seq, file: segment.file };
        reporter(check, place)({ code: 'archive_gap', sentence, expected: head.prev_hash });
      }
      for (const [i, hash] of hashes.entries()) {
        const node = nodeOf(head.first_seq + i, hash);
        if (!state.reached.has(node)) check.counts.entries += 1;
        state.reached.add(node);
      }
    },
  };
}

/** An entry by its place and the beginning of its hash: segments overlap, and histories part. */
function nodeOf(seq: number, hash: string): string {
  return `${seq}:${hash.slice(0, 20)}`;
}
