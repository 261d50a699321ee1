/** The marks of a stream of an edge, tip, acked, safe and pruned, against the entries that are here. */
import { z } from 'zod';
import { parseJson, ZERO_HASH } from './bytes.ts';
import { expectAll, type Report } from './check.ts';
import type { EdgeStreamRecord } from './records.ts';
import type { Where } from './report.ts';
import type { StreamWalk } from './stream-walk.ts';

/** A stream whose entries are being read; `isPulled` when a hub gave them back, without seals. */
export type OpenStream = {
  record: EdgeStreamRecord;
  walk: StreamWalk;
  place: Omit<Where, 'line'>;
  isPulled: boolean;
};

/** Reports a mark of pruning that cannot be, whatever the entries are. */
export function checkPruningMark(record: EdgeStreamRecord, report: Report): void {
  const { pruned_seq, pruned_hash, safe_seq } = record;
  if (pruned_seq === 0 && pruned_hash !== ZERO_HASH) {
    const sentence = 'A stream that was not pruned starts after 32 zero bytes.';
    report({ code: 'marks', sentence, expected: ZERO_HASH, found: pruned_hash });
  }
  if (pruned_seq > safe_seq && record.closed_at === null) {
    const sentence = 'More was pruned than the archive of the hub holds.';
    report({ code: 'marks', sentence, expected: `at most ${safe_seq}`, found: String(pruned_seq) });
  }
}

/** Reports what contradicts the entries that were walked over, which is all there are of the stream. */
export function checkEndOfStream(open: OpenStream, report: Report): void {
  const { record, walk, isPulled } = open;
  const end = endOf(open);
  expectAll(report, { code: 'marks', row: 'stream', because: 'that of its last entry' }, [
    ['tip_seq', record.tip_seq, end.seq],
    ['tip_hash', record.tip_hash, end.hash],
  ]);
  if (!isPulled && walk.count > 0 && walk.sealedSeq !== walk.seq) {
    const sentence = 'The last entry has no valid seal, and every commit ends with one.';
    report({ code: 'unsealed', sentence, expected: String(walk.seq), found: String(walk.sealedSeq) });
  }
  checkMarks(open, report);
}

/** Where the entries that are here end; with none, where they were pruned, or where pulling back starts. */
function endOf({ record, walk, isPulled }: OpenStream): { seq: number; hash: string } {
  if (walk.count > 0) return { seq: walk.seq, hash: walk.hash };
  if (record.pruned_seq > 0) return { seq: record.pruned_seq, hash: record.pruned_hash };
  return isPulled ? { seq: record.tip_seq, hash: record.tip_hash } : { seq: 0, hash: ZERO_HASH };
}

function checkMarks({ record, walk, isPulled }: OpenStream, report: Report): void {
  const { acked_seq, acked_hash, safe_seq, tip_seq } = record;
  if (acked_seq > tip_seq || safe_seq > acked_seq) {
    const found = `${safe_seq}, ${acked_seq}, ${tip_seq}`;
    const sentence = 'What is safe is at most what is acked, and that is at most the tip.';
    report({ code: 'marks', sentence, found });
  }
  const known = hashAt(record, walk, acked_seq);
  if (known !== undefined && known !== acked_hash) {
    const sentence = 'acked_hash of the stream is not the hash of the chain there.';
    report({ code: 'marks', sentence, expected: known, found: acked_hash });
  }
  if (isPulled && acked_seq !== tip_seq)
    report({ code: 'marks', sentence: 'What was pulled back from the hub is acked as far as it goes.' });
  checkLastAck(record, walk, report);
}

function hashAt(record: EdgeStreamRecord, walk: StreamWalk, seq: number): string | undefined {
  if (seq === record.tip_seq) return record.tip_hash;
  if (seq === record.pruned_seq) return record.pruned_hash;
  return walk.hashAt(seq);
}

const Ack = z.record(z.string(), z.unknown());

/** An edge cannot check the MAC of an ack; what it says must fit the marks it was recorded with. */
function checkLastAck(record: EdgeStreamRecord, walk: StreamWalk, report: Report): void {
  if (record.last_ack === null) return;
  const ack = Ack.safeParse(parseJson(record.last_ack)).data;
  if (ack === undefined) {
    report({ code: 'last_ack', sentence: 'The last ack is not a document of JSON.' });
    return;
  }
  const ackedSeq = Number(ack.acked_seq);
  const isOpen = record.closed_at === null;
  expectAll(report, { code: 'last_ack', row: 'last ack', because: 'that of its stream' }, [
    ['device_id', String(ack.device_id), record.device_id],
    ['incarnation', String(ack.incarnation), record.incarnation],
    ['lane', String(ack.lane), record.lane],
    // Of a closed stream the marks may have gone back, to what a restored hub has.
    ['acked_seq', ackedSeq, isOpen ? record.acked_seq : Math.max(ackedSeq, record.acked_seq)],
    ['head_hash', String(ack.head_hash), hashAt(record, walk, ackedSeq) ?? String(ack.head_hash)],
  ]);
  const isBound = typeof ack.generation === 'string' && /^[0-9a-f]{32}$/.test(ack.generation);
  const isMacked = typeof ack.mac === 'string' && /^[A-Za-z0-9_-]{43}$/.test(ack.mac);
  if (!isBound || !isMacked) report({ code: 'last_ack', sentence: 'The last ack is not an ack of a hub.' });
  if (isOpen && record.safe_seq < Number(ack.safe_seq)) {
    const sentence = 'The last ack says that more is safe than the stream does.';
    report({ code: 'last_ack', sentence, expected: String(ack.safe_seq), found: String(record.safe_seq) });
  }
}
