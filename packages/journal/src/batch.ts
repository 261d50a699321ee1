/**
 * Batches on the wire: NDJSON of a head, header and body line of every entry, and a seal. Parsing says what is
 * malformed; verifying says whether the entries are what the device sealed.
 */
import { isUtf8 } from 'node:buffer';
import type { Verifier } from '@holdfast/crypto';
import { BatchHead, EntryHeader, SealLine } from '@holdfast/protocol';
import type { z } from 'zod';
import { bodyHash, entryHash } from './entry.ts';
import { verifySeal } from './seal.ts';

/** An entry as it came over the wire: the parsed header, and both lines to the byte. */
export type WireEntry = { header: EntryHeader; headerLine: Buffer; bodyLine: Buffer };

export type Batch = { head: BatchHead; entries: WireEntry[]; seal: SealLine };

export type ParsedBatch = { kind: 'ok'; batch: Batch } | { kind: 'malformed'; reason: string; line: number };

/** Puts a batch together from stored lines. Every line ends with a newline. */
export function buildBatch(input: {
  head: BatchHead;
  entries: readonly { headerLine: string | Buffer; bodyLine: string | Buffer }[];
  seal: SealLine;
}): Buffer {
  const lines: string[] = [JSON.stringify(input.head)];
  for (const entry of input.entries) lines.push(entry.headerLine.toString(), entry.bodyLine.toString());
  lines.push(JSON.stringify(input.seal), '');
  return Buffer.from(lines.join('\n'));
}

/** Splits and parses a batch. The entries' lines are views of `bytes`, which must not change afterwards. */
export function parseBatch(bytes: Uint8Array): ParsedBatch {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(buffer)) return { kind: 'malformed', reason: 'not UTF-8', line: 1 };
  const head = parseLine(BatchHead, splitLines(buffer, 1)?.[0]);
  if (!head) return { kind: 'malformed', reason: 'not the head of a batch', line: 1 };
  // The head says how many lines there are: a body of line feeds alone is not split into all of them.
  const expected = 2 + 2 * head.count;
  const lines = splitLines(buffer, expected + 1);
  if (!lines) return { kind: 'malformed', reason: 'the last line has no end', line: 1 };
  if (lines.length !== expected) {
    const found = lines.length > expected ? 'more' : lines.length;
    return { kind: 'malformed', reason: `expected ${expected} lines, found ${found}`, line: lines.length };
  }
  const entries: WireEntry[] = [];
  for (let i = 0; i < head.count; i += 1) {
    const headerLine = lines[1 + 2 * i];
    const bodyLine = lines[2 + 2 * i];
    const header = parseLine(EntryHeader, headerLine);
    if (!header || !headerLine || !bodyLine)
      return { kind: 'malformed', reason: 'not the header of an entry', line: 2 + 2 * i };
    entries.push({ header, headerLine, bodyLine });
  }
  const seal = parseLine(SealLine, lines.at(-1));
  if (!seal) return { kind: 'malformed', reason: 'not a seal', line: lines.length };
  return { kind: 'ok', batch: { head, entries, seal } };
}

/** `hashes[i]` is the chain hash of entry i; `at_seq` the first place that is wrong. */
export type BatchVerdict =
  | { kind: 'ok'; hashes: Buffer[] }
  | { kind: 'invalid'; at_seq: number; reason: string };

/** Verifies places, body hashes, the chain from `head.prev_hash`, and the seal over the last entry. */
export function verifyBatch(input: {
  batch: Batch;
  deviceId: string;
  publicKeyOf: (keyId: string) => Uint8Array | undefined;
  verifier: Verifier;
}): BatchVerdict {
  const { head, entries, seal } = input.batch;
  const hashes: Buffer[] = [];
  let previous: Buffer = Buffer.from(head.prev_hash, 'hex');
  for (const [i, entry] of entries.entries()) {
    const seq = head.first_seq + i;
    const wrong = wrongPlace(entry, { head, seq, deviceId: input.deviceId });
    if (wrong) return { kind: 'invalid', at_seq: seq, reason: wrong };
    previous = entryHash(previous, entry.headerLine);
    hashes.push(previous);
  }
  const lastSeq = head.first_seq + head.count - 1;
  const verdict = verifySeal({ ...input, seal });
  if (verdict.kind === 'refused') return { kind: 'invalid', at_seq: lastSeq, reason: verdict.reason };
  const sealed = verdict.statement.heads.find(
    (item) =>
      item.incarnation === head.stream.incarnation && item.lane === head.stream.lane && item.seq === lastSeq,
  );
  if (sealed?.hash !== previous.toString('hex'))
    return { kind: 'invalid', at_seq: lastSeq, reason: 'the seal does not vouch for the last entry' };
  return { kind: 'ok', hashes };
}

function wrongPlace(
  entry: WireEntry,
  at: { head: BatchHead; seq: number; deviceId: string },
): string | undefined {
  const { header, bodyLine } = entry;
  if (header.device_id !== at.deviceId) return 'the entry names another device';
  if (header.incarnation !== at.head.stream.incarnation) return 'the entry names another incarnation';
  if (header.lane !== at.head.stream.lane) return 'the entry names another lane';
  if (header.seq !== at.seq) return 'the sequence is not dense';
  if (header.body_hash !== bodyHash(bodyLine)) return 'the body does not have the hash its header names';
  return undefined;
}

/** The first `max` lines; undefined when what follows the last of them has no end, and there are fewer. */
function splitLines(buffer: Buffer, max: number): Buffer[] | undefined {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = buffer.indexOf(10); end !== -1 && lines.length < max; end = buffer.indexOf(10, start)) {
    lines.push(buffer.subarray(start, end));
    start = end + 1;
  }
  return lines.length === max || (start === buffer.length && lines.length > 0) ? lines : undefined;
}

function parseLine<T extends z.ZodType>(schema: T, line: Buffer | undefined): z.infer<T> | undefined {
  if (!line) return undefined;
  try {
    return schema.safeParse(JSON.parse(line.toString('utf8'))).data;
  } catch {
    return undefined; // Not JSON is an answer here: the caller names the line.
  }
}
