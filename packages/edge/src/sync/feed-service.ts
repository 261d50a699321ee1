/** Looks down: heartbeat and feed, as soon as the link is up and then every poll interval, jittered. */
import { AppError, type Ports, type Service } from '@holdfast/base';
import { type HubForDevice, LinkError } from '@holdfast/client';
import { LANE_NAMES } from '@holdfast/protocol';
import type { Logger } from '@holdfast/runtime';
import { isIdentityShared, readMeta } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { openStreams } from '../store/streams.ts';
import type { Writer } from '../writer/writer.ts';
import { reportOf } from './batch-cutter.ts';
import type { LinkMonitor } from './link-monitor.ts';

export type FeedService = Service & {
  /** Looks now; resolves when the feed is read to its end. */
  look(): Promise<void>;
};

type Options = {
  db: Db;
  writer: Writer;
  hub: () => HubForDevice | undefined;
  link: LinkMonitor;
  boot: string;
  version: string;
  pollMs: number;
  ports: Ports;
  logger: Logger;
};

/** A poll interval varies by this part of it, so that a fleet does not ask in step. */
const JITTER = 0.2;

export function createFeedService(options: Options): FeedService {
  const { db, writer, link, ports, logger } = options;
  let wake = new AbortController();
  const look = async () => {
    const hub = options.hub();
    const deviceId = readMeta(db, 'device_id');
    if (!hub || deviceId === undefined || isIdentityShared(db)) return;
    await hub.sendHeartbeat(deviceId, {
      boot: options.boot,
      software_version: options.version,
      streams: openStreams(db)
        .map((stream) => reportOf(db, stream))
        .slice(0, LANE_NAMES.length),
    });
    for (let more = true; more; ) {
      const page = await hub.readChanges(readMeta(db, 'feed_cursor'));
      const changed = page.changes.length > 0 || page.reset || page.cursor !== readMeta(db, 'feed_cursor');
      if (changed || readMeta(db, 'feed_applied_at') === undefined)
        await writer.submit({ type: 'feed', page });
      more = page.more;
    }
    link.noteContact();
  };
  return {
    name: 'feed',
    look,
    async run(signal) {
      const stopListening = link.onChange((online) => online && wake.abort());
      try {
        while (!signal.aborted) {
          wake = new AbortController();
          try {
            if (link.online) await look();
          } catch (error) {
            if (error instanceof LinkError) link.noteFailure(error);
            else if (!(error instanceof AppError)) throw error;
            logger.warn({ err: error }, 'the feed could not be read and will be tried again');
          }
          const pauseMs = options.pollMs * (1 - JITTER / 2 + JITTER * ports.random.unit());
          await ports.timers.sleep(pauseMs, AbortSignal.any([signal, wake.signal]));
        }
      } finally {
        stopListening();
      }
    },
  };
}
