/**
 * Pulls back what the hub holds of this device and the store lacks, since its disk was restored from a copy. Page by
 * page, each with its place in one commit: a restart goes on where the last one ended. Sales go on meanwhile; a page is
 * small, for the writer takes it between them.
 */
import { AppError, LIMITS, type Ports, type Service, toHex } from '@holdfast/base';
import { type EntriesPage, type HubForDevice, LinkError } from '@holdfast/client';
import type { Logger } from '@holdfast/runtime';
import { hasPulled, knownHash, streamsToPull } from '../store/history.ts';
import { isIdentityShared } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import type { StreamRow } from '../store/streams.ts';
import type { Writer } from '../writer/writer.ts';
import type { LinkMonitor } from './link-monitor.ts';
import { verifyPage } from './own-page.ts';

type Options = {
  db: Db;
  writer: Writer;
  hub: () => HubForDevice | undefined;
  link: LinkMonitor;
  ports: Ports;
  logger: Logger;
};

export type RepullService = Service & {
  /** Takes one page. False when there is nothing to pull; rejects with a LinkError or AppError. */
  step(signal?: AbortSignal): Promise<boolean>;
};

const PAGE_ENTRIES = LIMITS.batchEntriesFirst;
/** How often it looks whether there is something to pull: one read of a small table. */
const LOOK_MS = 1_000;
const AFTER_FAILURE_MS = 10_000;

export function createRepullService(options: Options): RepullService {
  const { link, ports, logger } = options;
  const step = (signal?: AbortSignal) => takePage(options, signal);
  return {
    name: 'repull',
    step,
    async run(signal) {
      while (!signal.aborted) {
        let pauseMs = LOOK_MS;
        try {
          if (link.online && (await step(signal))) continue;
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof LinkError) && !(error instanceof AppError)) throw error;
          logger.warn({ err: error }, 'own entries could not be pulled back and will be asked for again');
          pauseMs = AFTER_FAILURE_MS;
        }
        await ports.timers.sleep(pauseMs, signal);
      }
    },
  };
}

async function takePage(options: Options, signal: AbortSignal | undefined): Promise<boolean> {
  const { db, writer, logger } = options;
  const hub = options.hub();
  const [stream] = streamsToPull(db);
  if (!hub || !stream || isIdentityShared(db)) return false;
  const found = await findPage(db, { hub, stream, signal });
  const { stream_no, incarnation, lane } = stream;
  if (found.kind === 'end') {
    const place = { after_seq: stream.tip_seq, prev_hash: toHex(stream.tip_hash) };
    await writer.submit({ type: 'own_entries', stream_no, ...place, entries: [], done: true });
    logger.info({ incarnation, lane, tip_seq: stream.tip_seq }, 'the hub holds no more of this stream');
    return true;
  }
  const { page, afterSeq, hash } = found;
  const verdict = verifyPage(page, stream, hash);
  if (verdict.kind === 'invalid')
    throw new LinkError('hub_error', `Own entry ${verdict.at_seq} does not verify: ${verdict.reason}`);
  const { entries } = verdict;
  if (entries.length === 0) throw new LinkError('hub_error', 'A page is empty before its stream ends');
  const done = page.head.tip_seq <= afterSeq + entries.length;
  const place = { after_seq: afterSeq, prev_hash: toHex(hash) };
  const result = await writer.submit({ type: 'own_entries', stream_no, ...place, entries, done });
  logger.info({ incarnation, lane, after_seq: afterSeq, done, ...result }, 'own entries were pulled back');
  return true;
}

type Found = { kind: 'page'; page: EntriesPage; afterSeq: number; hash: Uint8Array } | { kind: 'end' };

/**
 * The next page. Before the first one it walks back by halves to an entry whose hash both sides share, which the start
 * of a stream is at the latest. A hub whose history changed in between is asked for no more of this stream.
 */
async function findPage(
  db: Db,
  { hub, stream, signal }: { hub: HubForDevice; stream: StreamRow; signal: AbortSignal | undefined },
): Promise<Found> {
  const { incarnation, lane } = stream;
  for (let afterSeq = stream.tip_seq; ; afterSeq = Math.floor(afterSeq / 2)) {
    const page = await hub.readEntries({
      incarnation,
      lane,
      after_seq: afterSeq,
      limit: PAGE_ENTRIES,
      ...(signal && { signal }),
    });
    if (page.head.tip_seq <= afterSeq) return { kind: 'end' };
    const hash = afterSeq === stream.tip_seq ? stream.tip_hash : knownHash(db, stream, afterSeq);
    if (hash && page.head.prev_hash === toHex(hash)) return { kind: 'page', page, afterSeq, hash };
    if (hasPulled(db, stream)) return { kind: 'end' };
    if (afterSeq === 0) throw new LinkError('hub_error', 'The stream does not begin where streams begin');
  }
}
