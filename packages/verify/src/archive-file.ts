/** A segment of the archive by itself: its place, its chain, its seal, and the hub's own word on it. */
import { z } from 'zod';
import { canonical, hmacSha256, parseJson, ZERO_HASH } from './bytes.ts';
import { type Check, expectAll, type Report, reporter } from './check.ts';
import { checkSeal, HUB_INCARNATION, readEntry } from './journal.ts';
import type { SegmentRecord } from './records.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const SegmentHead = z.object({
  v: z.literal(1),
  tenant_id: z.string(),
  location_id: z.string(),
  device_id: z.string(),
  incarnation: z.string(),
  lane: z.string(),
  first_seq: z.number().int().min(1),
  count: z.number().int().min(1),
  prev_hash: Hash,
  head_hash: Hash,
  received_at: Instant,
  device_state: z.enum(['pending', 'active', 'suspended', 'revoked']),
  erased: z.array(z.number().int().min(1)).min(1).optional(),
  mac: z.string(),
  bytes: z.number().int().min(1),
});
type SegmentHead = z.infer<typeof SegmentHead>;

const SealLine = z.object({ statement: z.string(), signature: z.string() });

const SEGMENT_DOMAIN = 'holdfast-segment-v1\n';

/** A segment that was read: what it says, and the hashes of its entries. */
export type ReadSegment = { head: SegmentHead; hashes: string[]; isSound: boolean };

/** Reads a segment by itself; undefined when it is none. What is wrong is reported. */
export function readSegment(check: Check, { file, text }: SegmentRecord): ReadSegment | undefined {
  check.counts.segments += 1;
  const lines = text.split('\n');
  const head = SegmentHead.safeParse(parseJson(lines[0] ?? '')).data;
  if (head === undefined || lines.pop() !== '' || lines.length !== 2 + 2 * head.count) {
    const sentence = 'The file is not a segment: a head, two lines for each entry it counts, and a seal.';
    reporter(check, { file })({ code: 'segment', sentence });
    return undefined;
  }
  const { tenant_id, device_id, incarnation, lane, first_seq, count } = head;
  const place = { tenant_id, device_id, incarnation, lane, file };
  const report = reporter(check, place);
  const before = check.findings.total();
  const hashes = walkLines(check, { head, lines, place });
  expectAll(report, { code: 'segment', row: 'segment', because: 'what it holds' }, [
    [
      'file',
      file,
      `${tenant_id}/${device_id}/${incarnation}-${lane}/${first_seq}-${first_seq + count - 1}.ndjson`,
    ],
    ['bytes', head.bytes, Buffer.byteLength(text) - Buffer.byteLength(lines[0] ?? '') - 1],
    ['prev_hash', head.prev_hash, first_seq === 1 ? ZERO_HASH : head.prev_hash],
    ['head_hash', head.head_hash, hashes.at(-1) ?? ''],
  ]);
  checkLastLine(check, { head, line: lines.at(-1) ?? '', place });
  checkMac(check, head, report);
  return { head, hashes, isSound: check.findings.total() === before };
}

type Place = { tenant_id: string; device_id: string; incarnation: string; lane: string; file: string };

function walkLines(check: Check, at: { head: SegmentHead; lines: string[]; place: Place }): string[] {
  const { head, lines, place } = at;
  const hashes: string[] = [];
  const erased = new Set(head.erased);
  let previousHash = head.prev_hash;
  for (let i = 0; i < head.count; i += 1) {
    const body = lines[2 + 2 * i] ?? '';
    const seq = head.first_seq + i;
    // A body that is gone and not listed was taken out; a device may also have written such a one itself.
    const isErased = body === 'null' && erased.has(seq);
    const entry = { header: lines[1 + 2 * i] ?? '', body: isErased ? null : body };
    const read = readEntry(entry, { stream: place, seq, previousHash });
    for (const wrong of read.wrong) reporter(check, { ...place, seq })(wrong);
    previousHash = read.hash;
    hashes.push(read.hash);
  }
  return hashes;
}

function checkLastLine(check: Check, at: { head: SegmentHead; line: string; place: Place }): void {
  const { head, place } = at;
  const seq = head.first_seq + head.count - 1;
  const report = reporter(check, { ...place, seq });
  if (head.incarnation === HUB_INCARNATION) {
    if (at.line !== 'null') report({ code: 'seal', sentence: 'A stream that the hub wrote has no seals.' });
    return;
  }
  const seal = SealLine.safeParse(parseJson(at.line)).data;
  if (seal === undefined) {
    report({ code: 'seal', sentence: 'The last line of the segment is not a seal.' });
    return;
  }
  check.counts.seals += 1;
  const wrong = checkSeal(seal, { stream: place, seq, hash: head.head_hash, keys: check.keys });
  if (wrong !== undefined) report(wrong);
}

/** The hub signs for what no device seals: when it took the entries in, and in what state their device was. */
function checkMac(check: Check, head: SegmentHead, report: Report): void {
  if (check.macKey === undefined) return;
  const { v: _, bytes: __, mac, ...statement } = head;
  if (mac === hmacSha256(check.macKey, SEGMENT_DOMAIN + canonical(statement))) return;
  report({ code: 'segment', sentence: 'The head of the segment was not written by this hub.' });
}
