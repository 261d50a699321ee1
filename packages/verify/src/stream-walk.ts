/** Walks the entries of one stream: dense sequence, chain, bodies, seals. */
import { type Check, type Report, reporter } from './check.ts';
import { checkSeal, type Header, readEntry, type StreamName } from './journal.ts';
import type { SealRecord } from './records.ts';
import type { Where } from './report.ts';

/** A line with an entry in it. */
export type JournalRecord = {
  seq: number;
  header: string;
  body: string | null;
  hash: string;
  seal: SealRecord | null;
};

/** An entry that was walked over. */
export type Walked = { header: Header | undefined; report: Report; place: Omit<Where, 'line'> };

/** A walk over the entries of one stream, in the order in which they are taken. */
export type StreamWalk = {
  readonly name: StreamName;
  /** The last entry walked over, or what the stream starts after; its hash as the store has it. */
  readonly seq: number;
  readonly hash: string;
  /** The last sealed one; 0 when there is none. */
  readonly sealedSeq: number;
  /** Entries walked over. */
  readonly count: number;
  take(record: JournalRecord): Walked;
  /** The hash the store has for a walked entry; undefined for any other. */
  hashAt(seq: number): string | undefined;
};

const HASH_BYTES = 32;

/** A walk that starts after `after`. Null `hash`: nobody knows it, and the first entry's own is believed. */
export function createStreamWalk(
  check: Check,
  at: { name: StreamName; place: Omit<Where, 'line'>; after: { seq: number; hash: string | null } },
): StreamWalk {
  const hashes = createHashList();
  const first = at.after.seq + 1;
  const state: State = { ...at.after, sealedSeq: 0 };
  return {
    name: at.name,
    get seq() {
      return state.seq;
    },
    get hash() {
      return state.hash ?? '';
    },
    get sealedSeq() {
      return state.sealedSeq;
    },
    get count() {
      return hashes.length;
    },
    take(record) {
      const place = { ...at.place, seq: record.seq };
      const report = reporter(check, place);
      const header = readNext(check, { record, state, name: at.name, report });
      hashes.push(record.hash);
      if (header === undefined) return { header, report, place };
      const named = { ...place, op_id: header.op_id };
      return { header, report: reporter(check, named), place: named };
    },
    hashAt: (seq) => hashes.at(seq - first),
  };
}

type State = { seq: number; hash: string | null; sealedSeq: number };

/** Checks a record against the one before, and goes on to it; its header, if it has one. */
function readNext(
  check: Check,
  at: { record: JournalRecord; state: State; name: StreamName; report: Report },
): Header | undefined {
  const { record, state, name, report } = at;
  const isNext = record.seq === state.seq + 1;
  if (!isNext) {
    const [expected, found] = [String(state.seq + 1), String(record.seq)];
    report({ code: 'sequence', sentence: 'The sequence is not dense.', expected, found });
  }
  const anchor = isNext ? state.hash : null;
  const read = readEntry(record, { stream: name, seq: record.seq, previousHash: anchor ?? '' });
  for (const wrong of read.wrong) report(wrong);
  if (anchor !== null && read.hash !== record.hash) {
    const sentence = 'The hash is not that of the entry before and this header: the chain is broken here.';
    report({ code: 'chain', sentence, expected: read.hash, found: record.hash });
  }
  if (record.seal !== null && isVouchedFor(check, { seal: record.seal, ...at })) state.sealedSeq = record.seq;
  check.counts.entries += 1;
  if (record.body === null) check.counts.erased += 1;
  state.seq = record.seq;
  state.hash = record.hash;
  return read.header;
}

function isVouchedFor(
  check: Check,
  at: { seal: SealRecord; record: JournalRecord; name: StreamName; report: Report },
): boolean {
  const { seq, hash } = at.record;
  check.counts.seals += 1;
  const wrong = checkSeal(at.seal, { stream: at.name, seq, hash, keys: check.keys });
  if (wrong !== undefined) at.report(wrong);
  return wrong === undefined;
}

type HashList = { readonly length: number; push(hash: string): void; at(index: number): string | undefined };

/** Hashes of 32 bytes in one growing piece of memory. What is no hash is kept as zeros. */
function createHashList(): HashList {
  let bytes = Buffer.alloc(64 * HASH_BYTES);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(hash) {
      if ((length + 1) * HASH_BYTES > bytes.length)
        bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)]);
      bytes.write(hash.padEnd(2 * HASH_BYTES, '0'), length * HASH_BYTES, HASH_BYTES, 'hex');
      length += 1;
    },
    at(index) {
      if (index < 0 || index >= length) return undefined;
      return bytes.toString('hex', index * HASH_BYTES, (index + 1) * HASH_BYTES);
    },
  };
}
