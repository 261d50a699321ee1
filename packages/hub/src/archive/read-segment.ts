/** From the bytes of a segment to entries whose chain, seal and MAC hold; or what is wrong with them. */
import type { Verifier } from '@holdfast/crypto';
import { bodyHash, entryHash, verifySeal } from '@holdfast/journal';
import {
  DEVICE_STATES,
  EntryHeader,
  HashHex,
  HUB_INCARNATION,
  Id128,
  Instant,
  LaneName,
  SealLine,
  Seq,
  Uuid,
} from '@holdfast/protocol';
import { z } from 'zod';
import type { PlacedEntry } from '../ingest/batch-columns.ts';
import type { SegmentPlace } from './archive.ts';
import { isOurSegment } from './segment-mac.ts';

const ERASED = Buffer.from('null');

/** The first line of a segment. */
export const SegmentHead = z.object({
  v: z.literal(1),
  tenant_id: Uuid,
  location_id: Uuid,
  device_id: Uuid,
  incarnation: Id128,
  lane: LaneName,
  first_seq: Seq.min(1),
  count: z.number().int().min(1),
  prev_hash: HashHex,
  head_hash: HashHex,
  received_at: Instant,
  device_state: z.enum(DEVICE_STATES),
  erased: z.array(Seq.min(1)).min(1).optional(),
  mac: z.string(),
  bytes: z.number().int().min(0),
});
export type SegmentHead = z.infer<typeof SegmentHead>;

/** A segment that holds. `seal` is null in the hub's own streams; `erased` are the places of forgotten bodies. */
export type VerifiedSegment = {
  head: SegmentHead;
  entries: PlacedEntry[];
  hashes: Buffer[];
  seal: SealLine | null;
  erased: number[];
};

export type ReadSegment = { kind: 'ok'; segment: VerifiedSegment } | { kind: 'damaged'; reason: string };

/** The head of a segment, from its first line; undefined for what is none, or is that of another place. */
export function parseHead(line: string | undefined, place: SegmentPlace): SegmentHead | undefined {
  const head = SegmentHead.safeParse(parse(line ?? '')).data;
  const isHere =
    head?.tenant_id === place.tenant_id &&
    head.device_id === place.device_id &&
    head.incarnation === place.incarnation &&
    head.lane === place.lane &&
    head.first_seq === place.first_seq &&
    head.first_seq + head.count - 1 === place.last_seq;
  return isHere ? head : undefined;
}

/** True when this hub made the head, in whatever life of its database. */
export function isOurHead(macKey: Uint8Array, head: SegmentHead): boolean {
  const { v: _, bytes: __, mac, ...statement } = head;
  return isOurSegment(macKey, statement, mac);
}

/** Reads and verifies a whole segment. The lines of its entries are views of `bytes`. */
export function readSegment(
  input: SegmentBytes & {
    publicKeyOf: (keyId: string) => Uint8Array | undefined;
    verifier: Verifier;
  },
): ReadSegment {
  const chained = readEntries(input);
  if (typeof chained === 'string') return damaged(chained);
  const { lastLine, ...segment } = chained;
  const seal = readSeal(input, { head: segment.head, line: lastLine });
  if (typeof seal === 'string') return damaged(seal);
  return { kind: 'ok', segment: { ...segment, ...seal } };
}

/** The hash of each entry of a segment of this hub, its seal left aside; undefined for one that is damaged. */
export function readHashes(input: SegmentBytes): Buffer[] | undefined {
  const chained = readEntries(input);
  return typeof chained === 'string' ? undefined : chained.hashes;
}

type SegmentBytes = { bytes: Buffer; place: SegmentPlace; macKey: Uint8Array };
type Chained = Pick<VerifiedSegment, 'entries' | 'hashes' | 'erased'>;

/** Everything but the seal, or what is wrong with it. */
function readEntries({
  bytes,
  place,
  macKey,
}: SegmentBytes): (Chained & { head: SegmentHead; lastLine: Buffer | undefined }) | string {
  const end = bytes.indexOf(10);
  const head = parseHead(bytes.subarray(0, Math.max(0, end)).toString(), place);
  if (head === undefined) return 'its first line is not the head of this segment';
  if (!isOurHead(macKey, head)) return 'this hub did not make its head';
  const size = bytes.length - end - 1;
  if (size !== head.bytes) return `it has ${size} bytes of ${head.bytes}`;
  const lines = splitLines(bytes.subarray(end + 1), 2 * head.count + 1);
  if (lines === undefined) return 'it does not have the lines its head says';
  const chained = readChain(head, lines);
  return typeof chained === 'string' ? chained : { head, ...chained, lastLine: lines.at(-1) };
}

function readChain(head: SegmentHead, lines: readonly Buffer[]): Chained | string {
  const chained: Chained = { entries: [], hashes: [], erased: [] };
  const erased = new Set(head.erased);
  let previous: Buffer = Buffer.from(head.prev_hash, 'hex');
  for (let index = 0; index < head.count; index += 1) {
    const seq = head.first_seq + index;
    const headerLine = lines[2 * index];
    const bodyLine = lines[2 * index + 1];
    const header = EntryHeader.safeParse(parse(headerLine?.toString() ?? '')).data;
    if (header === undefined || headerLine === undefined || bodyLine === undefined)
      return `the entry ${seq} cannot be read`;
    if (!isOfStream(header, head, seq)) return `the entry ${seq} is of another place`;
    // The hub says which bodies had been erased: any other one that is gone was taken out by somebody else.
    if (erased.has(seq) && bodyLine.equals(ERASED)) chained.erased.push(seq);
    else if (header.body_hash !== bodyHash(bodyLine)) return `the body of the entry ${seq} is damaged`;
    previous = entryHash(previous, headerLine);
    chained.hashes.push(previous);
    chained.entries.push({ header, headerLine, bodyLine });
  }
  return previous.toString('hex') === head.head_hash ? chained : 'its chain does not end where it should';
}

function isOfStream(header: EntryHeader, head: SegmentHead, seq: number): boolean {
  return (
    header.device_id === head.device_id &&
    header.incarnation === head.incarnation &&
    header.lane === head.lane &&
    header.seq === seq
  );
}

function readSeal(
  { publicKeyOf, verifier }: { publicKeyOf: (keyId: string) => Uint8Array | undefined; verifier: Verifier },
  { head, line }: { head: SegmentHead; line: Buffer | undefined },
): { seal: SealLine | null } | string {
  const value = parse(line?.toString() ?? '');
  if (value === null && head.incarnation === HUB_INCARNATION) return { seal: null };
  const seal = SealLine.safeParse(value).data;
  if (seal === undefined) return 'its seal cannot be read';
  const verdict = verifySeal({ seal, deviceId: head.device_id, publicKeyOf, verifier });
  if (verdict.kind === 'refused') return verdict.reason;
  const lastSeq = head.first_seq + head.count - 1;
  const isVouched = verdict.statement.heads.some(
    ({ incarnation, lane, seq, hash }) =>
      incarnation === head.incarnation && lane === head.lane && seq === lastSeq && hash === head.head_hash,
  );
  return isVouched ? { seal } : 'its seal does not vouch for the last entry';
}

/** Exactly `count` lines, each with its end; undefined otherwise. */
function splitLines(bytes: Buffer, count: number): Buffer[] | undefined {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1 && lines.length <= count; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines.length === count && start === bytes.length ? lines : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is an answer here: the caller says which line it was.
  }
}

function damaged(reason: string): ReadSegment {
  return { kind: 'damaged', reason };
}
