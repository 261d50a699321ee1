/**
 * Appends a verified batch in pieces within one transaction: while PostgreSQL works on one piece, the next one is
 * judged here. A batch thus costs little more than the longer of the two.
 */
import { must } from '@holdfast/base';
import type { Batch } from '@holdfast/journal';
import type { PoolClient } from 'pg';
import { type BatchColumns, toColumns } from './batch-columns.ts';
import type { Sender } from './judge.ts';
import { type IngestCall, type IngestRow, runIngest } from './run-ingest.ts';

/** Entries of a piece: so many that the round trip does not count. */
const PIECE_ENTRIES = 500;
/** Of the first one, which nothing can be done beside: so few that it is soon judged. */
const FIRST_PIECE_ENTRIES = 100;

type Verified = { batch: Batch; hashes: readonly Buffer[]; call: IngestCall; sender: Sender };

/** Appends the batch. The row is that of the last piece, with what all pieces appended and put aside. */
export async function appendBatch(client: PoolClient, input: Verified): Promise<IngestRow> {
  const rows: IngestRow[] = [];
  let next = FIRST_PIECE_ENTRIES;
  let columns = columnsFrom(input, 0, next);
  for (let from = 0; ; ) {
    const isLast = next >= input.batch.entries.length;
    const underWay = runIngest(client, callFrom(input, { from, isLast }), columns);
    from = next;
    next = from + PIECE_ENTRIES;
    if (!isLast) columns = columnsFrom(input, from, next);
    rows.push(await underWay);
    if (isLast || rows.at(-1)?.answer !== 'acked') return joined(rows);
  }
}

function columnsFrom({ batch, hashes, sender }: Verified, from: number, to: number): BatchColumns {
  return toColumns(batch.entries.slice(from, to), hashes.slice(from, to), sender);
}

/** The device is heard once, with the first piece; the seal vouches for the last. */
function callFrom(
  { call, hashes }: Verified,
  { from, isLast }: { from: number; isLast: boolean },
): IngestCall {
  const prevHash = from === 0 ? call.prevHash : must(hashes[from - 1], 'every entry has a hash');
  return {
    ...call,
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
