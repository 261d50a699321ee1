/**
 * Archives a batch beside the database's work: it is staged while the rows are inserted, published once they are in,
 * and only then called safe, in the same transaction. An archive that fails costs safety, never the sale.
 *
 * Publishing is an effect outside of a transaction that may be run again or fail at its COMMIT, and is idempotent by
 * design: a staged segment is published once, and one whose commit fails is no lie, for the archive may hold more than
 * the ledger. Whoever replays it goes by place and hash, and the same batch comes again under the same name. It comes
 * after every statement that can collide with another transaction.
 */
import type { Logger, Metrics } from '@holdfast/runtime';
import type { PoolClient } from 'pg';
import type { Segment, SegmentArchive, StagedSegment } from '../archive/archive.ts';
import type { IngestRow, StreamKey } from './run-ingest.ts';

export type KeptSegment = {
  /**
   * Publishes the segment if entries were appended, and advances `safe_seq` of the stream unless something before is
   * not safe yet. Returns what is safe then.
   */
  keep(client: PoolClient, stream: StreamKey, row: IngestRow): Promise<bigint>;
  /** Removes what was staged and not published. */
  discard(): Promise<void>;
};

export type Keeper = { stage(segment: Segment): KeptSegment };

/** A keeper that counts and logs the archive's failures; the catch-up heals them. */
export function createKeeper(context: { archive: SegmentArchive; logger: Logger; metrics: Metrics }): Keeper {
  const failures = context.metrics.counter(
    'holdfast_hub_archive_failures_total',
    'Segments that were not archived.',
  );
  const failed = (error: unknown) => {
    failures.inc();
    context.logger.warn({ err: error }, 'the archive failed: the batch is committed but not safe');
  };
  return {
    stage(segment) {
      const staged = context.archive.stage(segment).catch((error: unknown) => {
        failed(error);
        return undefined;
      });
      return {
        keep: (client, stream, row) => keep({ client, stream, row, staged, failed }),
        discard: async () => (await staged)?.discard(),
      };
    },
  };
}

async function keep(input: {
  client: PoolClient;
  stream: StreamKey;
  row: IngestRow;
  staged: Promise<StagedSegment | undefined>;
  failed: (error: unknown) => void;
}): Promise<bigint> {
  const { row, stream } = input;
  const staged = await input.staged;
  if (row.appended === 0 || staged === undefined) return row.safe_seq;
  try {
    await staged.publish();
  } catch (error) {
    input.failed(error);
    return row.safe_seq;
  }
  // Something before this batch is not archived: the catch-up goes through it in order.
  if (row.safe_seq !== row.acked_seq - BigInt(row.appended)) return row.safe_seq;
  await input.client.query(
    `UPDATE stream SET safe_seq = $6
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 AND incarnation = $4 AND lane = $5`,
    [stream.tenant_id, stream.location_id, stream.device_id, stream.incarnation, stream.lane, row.acked_seq],
  );
  return row.acked_seq;
}
