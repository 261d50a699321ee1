/**
 * Appends a verified batch in pieces within one transaction: while PostgreSQL works on one piece, the next one is
 * judged here. A batch thus costs little more than the longer of the two.
 */
import { must } from '@holdfast/base';
import type { PoolClient } from 'pg';
import { type BatchColumns, type PlacedEntry, toColumns } from './batch-columns.ts';
import type { Sender } from './judge.ts';
import { type IngestCall, type IngestRow, runIngest } from './run-ingest.ts';

/** Entries of a piece: so many that the round trip does not count. */
const PIECE_ENTRIES = 500;
/** Of the first one, which nothing can be done beside: so few that it is soon judged. */
const FIRST_PIECE_ENTRIES = 100;

type Verified = {
  entries: readonly PlacedEntry[];
  hashes: readonly Buffer[];
  call: IngestCall;
  sender: Sender;
};

/** Appends the batch. The row is that of the last piece, with what all pieces appended and put aside. */
export async function appendBatch(client: PoolClient, input: Verified): Promise<IngestRow> {
  const rows: IngestRow[] = [];
  let next = FIRST_PIECE_ENTRIES;
  let columns = columnsFrom(input, 0, next);
  for (let from = 0; ; ) {
    const isLast = next >= input.entries.length;
    // Both ends are waited for: whichever fails, the other is not left under way, nor its failure unheard.
    const [ran, ahead] = await Promise.allSettled([
      runIngest(client, callFrom(input, { from, isLast }), columns),
      isLast ? columns : columnsAhead(input, next),
    ]);
    const row = resultOf(ran);
    rows.push(row);
    if (isLast || row.answer !== 'acked') return joined(rows);
    columns = resultOf(ahead);
    from = next;
    next = from + PIECE_ENTRIES;
  }
}

/** Async, so that a throw becomes a rejection beside that of the query, which is under way by now. */
async function columnsAhead(input: Verified, from: number): Promise<BatchColumns> {
  return columnsFrom(input, from, from + PIECE_ENTRIES);
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

function columnsFrom({ entries, hashes, sender }: Verified, from: number, to: number): BatchColumns {
  return toColumns(entries.slice(from, to), hashes.slice(from, to), sender);
}

/** The device is heard once, with the first piece; the seal vouches for the last. */
function callFrom(
  { call, hashes }: Verified,
  { from, isLast }: { from: number; isLast: boolean },
): IngestCall {
  const prevHash = from === 0 ? call.prevHash : must(hashes[from - 1], 'every entry has a hash');
  return {
    ...call,
    boot: from === 0 ? call.boot : null,
    firstSeq: call.firstSeq + from,
    prevHash,
    presented: from === 0 ? call.presented : null,
    seal: isLast ? call.seal : null,
  };
}

function joined(rows: readonly IngestRow[]): IngestRow {
  return {
    ...must(rows.at(-1), 'a batch has entries'),
    appended: rows.reduce((sum, row) => sum + row.appended, 0),
    quarantined: rows.flatMap((row) => row.quarantined ?? []),
  };
}
