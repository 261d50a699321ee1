/**
 * Prunes what the hub holds safely and the feed has shown to be booked, once it is older than the retention. It goes in
 * small commits with pauses between them: sales come first. A look that the hub has not answered prunes nothing.
 */
import { AppError, type Ports, type Service } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { Db } from '../store/open.ts';
import { findPrunable } from '../store/pruning.ts';
import type { Writer } from '../writer/writer.ts';
import type { FeedService } from './feed-service.ts';

export type PruneService = Service & {
  /** Prunes all that may go now; returns how many entries went. */
  pruneNow(signal?: AbortSignal): Promise<number>;
};

type Options = {
  db: Db;
  writer: Writer;
  feed: Pick<FeedService, 'includes'>;
  retentionMs: number;
  ports: Ports;
  logger: Logger;
};

const LOOK_MS = 60_000;
/** Between two commits; a till's sale that came meanwhile is written first. */
const PAUSE_MS = 20;
const JITTER = 0.2;

export function createPruneService(options: Options): PruneService {
  const { ports, logger } = options;
  const pruneNow = (signal?: AbortSignal) => pruneAll(options, signal);
  return {
    name: 'pruning',
    pruneNow,
    async run(signal) {
      while (!signal.aborted) {
        await ports.timers.sleep(LOOK_MS * (1 - JITTER / 2 + JITTER * ports.random.unit()), signal);
        try {
          await pruneNow(signal);
        } catch (error) {
          // A full disk or a busy writer: what may go may go later as well.
          if (!(error instanceof AppError)) throw error;
          logger.warn({ err: error }, 'nothing could be pruned now; it will be tried again');
        }
      }
    },
  };
}

async function pruneAll(options: Options, signal: AbortSignal | undefined): Promise<number> {
  const { db, writer, feed, ports, logger } = options;
  let total = 0;
  while (!signal?.aborted) {
    const { includes } = feed;
    if (includes === undefined) break;
    const nowMs = ports.clock.nowMs();
    const beforeMs = options.retentionMs === 0 ? Number.MAX_SAFE_INTEGER : nowMs - options.retentionMs;
    // Read first: the writer is not asked for nothing.
    if (!findPrunable(db, { includes, beforeMs, nowMs })) break;
    const { pruned } = await writer.submit({ type: 'prune', includes, before_ms: beforeMs });
    if (pruned === 0) break;
    total += pruned;
    await ports.timers.sleep(PAUSE_MS, signal);
  }
  if (total > 0) logger.info({ entries: total }, 'entries that the hub holds safely were pruned');
  return total;
}
