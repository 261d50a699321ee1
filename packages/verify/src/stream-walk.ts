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
  const state = { seq: at.after.seq, hash: at.after.hash, sealedSeq: 0, first: at.after.seq + 1 };
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
      const isNext = record.seq === state.seq + 1;
      if (!isNext) {
        const sentence = 'The sequence is not dense.';
        report({
          code: 'sequence',
          sentence,
          expected: String(state.seq + 1),
          found: String(record.seq),
        });
      }
      const isAnchored = isNext && state.hash !== null;
      const read = readEntry(record, {
        stream: at.name,
        seq: record.seq,
        previousHash: isAnchored ? (state.hash ?? '') : '',
      });
      for (const wrong of read.wrong) report(wrong);
      if (isAnchored && read.hash !== record.hash) {
        const sentence =
          'The hash is not that of the entry before and this header: the chain is broken here.';
        report({ code: 'chain', sentence, expected: read.hash, found: record.hash });
      }
      if (record.seal !== null) {
        check.counts.seals += 1;
        const wrong = checkSeal(record.seal, {
          stream: at.name,
          seq: record.seq,
          hash: record.hash,
          keys: check.keys,
        });
        if (wrong === undefined) state.sealedSeq = record.seq;
        else report(wrong);
      }
      check.counts.entries += 1;
      if (record.body === null) check.counts.erased += 1;
      hashes.push(record.hash);
      state.seq = record.seq;
      state.hash = record.hash;
      if (read.header === undefined) return { header: undefined, report, place };
      const named = { ...place, op_id: read.header.op_id };
      return { header: read.header, report: reporter(check, named), place: named };
    },
    hashAt: (seq) => hashes.at(seq - state.first),
  };
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
