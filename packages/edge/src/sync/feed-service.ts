/** Looks down: heartbeat and feed, as soon as the link is up and then every poll interval, jittered. */
import { AppError, isAppError, type Ports, type Service } from '@holdfast/base';
import { type HubForDevice, LinkError } from '@holdfast/client';
import type { FeedPage, HeartbeatAnswer, StreamReport } from '@holdfast/protocol';
import type { Logger } from '@holdfast/runtime';
import { findLacks } from '../store/history.ts';
import { newMarks } from '../store/marks.ts';
import { isIdentityShared, readMeta } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { allStreams, openStreams, ownClosedStreams, type StreamRow } from '../store/streams.ts';
import type { Writer } from '../writer/writer.ts';
import { reportOf, reportOfClosed } from './batch-cutter.ts';
import type { LaneSender } from './lane-sender.ts';
import type { LinkMonitor } from './link-monitor.ts';

export type FeedService = Service & {
  /** Looks now; resolves when the feed is read to its end. */
  look(signal?: AbortSignal): Promise<void>;
  /** When the feed was last read to its end by this process, in milliseconds since the epoch. */
  readonly lookedAtMs: number | undefined;
  /** What the last page of the last look included; undefined until the hub has answered this process. */
  readonly includes: FeedPage['includes'] | undefined;
};

type Options = {
  db: Db;
  writer: Writer;
  hub: () => HubForDevice | undefined;
  link: LinkMonitor;
  senders: readonly LaneSender[];
  boot: string;
  version: string;
  pollMs: number;
  ports: Ports;
  logger: Logger;
};

/** A poll interval varies by this part of it, so that a fleet does not ask in step. */
const JITTER = 0.2;

export function createFeedService(options: Options): FeedService {
  const { link, ports, logger } = options;
  let wake = new AbortController();
  let lookedAtMs: number | undefined;
  let includes: FeedPage['includes'] | undefined;
  const look = async (signal?: AbortSignal) => {
    const last = await lookOnce(options, signal);
    if (!last) return;
    lookedAtMs = ports.clock.nowMs();
    includes = last.includes;
  };
  return {
    name: 'feed',
    look,
    get lookedAtMs() {
      return lookedAtMs;
    },
    get includes() {
      return includes;
    },
    async run(signal) {
      const stopListening = link.onChange((online) => online && wake.abort());
      try {
        while (!signal.aborted) {
          wake = new AbortController();
          try {
            if (link.online) await look(signal);
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

/** The last page; undefined when there is nobody to ask. */
async function lookOnce(options: Options, signal: AbortSignal | undefined): Promise<FeedPage | undefined> {
  const { db, writer, link } = options;
  const hub = options.hub();
  const deviceId = readMeta(db, 'device_id');
  if (!hub || deviceId === undefined || isIdentityShared(db)) return undefined;
  await noteState(options, () =>
    hub.sendHeartbeat(
      deviceId,
      { boot: options.boot, software_version: options.version, streams: reportsOf(db, deviceId) },
      signal,
    ),
  );
  for (;;) {
    const before = allStreams(db);
    const page = await hub.readChanges(readMeta(db, 'feed_cursor'), signal);
    const changed = page.changes.length > 0 || page.reset || page.cursor !== readMeta(db, 'feed_cursor');
    if (changed || readMeta(db, 'feed_applied_at') === undefined) await writer.submit({ type: 'feed', page });
    await sendLostAgain(options, { page, before, deviceId });
    await askForLacking(options, { page, deviceId });
    if (newMarks(db, page.includes).length > 0)
      await writer.submit({ type: 'hub_marks', includes: page.includes });
    if (page.more) continue;
    link.noteContact();
    return page;
  }
}

/** Streams a heartbeat tells of; older ones have been told of before. */
const REPORTS_MAX = 64;

function reportsOf(db: Db, deviceId: string): StreamReport[] {
  const closed = ownClosedStreams(db, deviceId).slice(-REPORTS_MAX + openStreams(db).length);
  return [...closed.map(reportOfClosed), ...openStreams(db).map((stream) => reportOf(db, stream))];
}

/** What a person must know of the state the hub has this device in. */
const STATE_ATTENTION = {
  suspended: 'The hub has suspended this device. Sales go on and wait for its operator.',
  revoked: 'The hub has revoked this device. Sales go on; enrol it again: holdfast enroll.',
  /** A hub that lost its database, or one that is reached under a name that it does not know as its own. */
  unknown:
    'The hub does not know this device, or not the name it is called by. Sales go on and are kept. Restore the hub, see its http.public_authorities, or enrol this device again: holdfast enroll.',
} as const;

async function noteState({ db, writer }: Options, ask: () => Promise<HeartbeatAnswer>): Promise<void> {
  const tell = async (state: string) => {
    const text =
      state === 'suspended' || state === 'revoked' || state === 'unknown' ? STATE_ATTENTION[state] : null;
    const told = readMeta(db, 'attention');
    const isOurs = Object.values<string | undefined>(STATE_ATTENTION).includes(told);
    if (text !== (told ?? null) && (text !== null || isOurs))
      await writer.submit({ type: 'attention', text });
  };
  try {
    await tell((await ask()).state);
  } catch (error) {
    if (isAppError(error, 'device_revoked')) await tell('revoked');
    if (isAppError(error, 'invalid_signature')) await tell('unknown');
    throw error;
  }
}

/**
 * A page says how much of each stream the hub holds. Less than it has acked means that it was restored: the open
 * stream is sent again, and its answer tells the rest; the end of a closed one is wrapped again.
 */
async function sendLostAgain(
  { writer, senders, logger }: Options,
  { page, before, deviceId }: { page: FeedPage; before: readonly StreamRow[]; deviceId: string },
): Promise<void> {
  for (const stream of before) {
    if (stream.device_id !== deviceId) continue;
    const held = page.includes.find(
      (item) => item.incarnation === stream.incarnation && item.lane === stream.lane,
    );
    const heldSeq = held?.seq ?? 0;
    if (heldSeq >= stream.acked_seq) continue;
    logger.warn(
      { lane: stream.lane, held_seq: heldSeq, acked_seq: stream.acked_seq },
      'the hub lacks what it had acked',
    );
    if (stream.closed_at === null)
      senders.find(({ lane }) => lane === stream.lane)?.resendFrom(stream, heldSeq + 1);
    else await writer.submit({ type: 'rewrap_lost', stream_no: stream.stream_no, from_seq: heldSeq + 1 });
  }
}

/** The other way round: a page that includes more of this device than its store holds tells a restored disk. */
async function askForLacking(
  { db, writer, logger }: Options,
  { page, deviceId }: { page: FeedPage; deviceId: string },
): Promise<void> {
  const { includes } = page;
  // Read after the page: what the hub holds was here before it was sent.
  if (findLacks(db, deviceId, includes).length === 0) return;
  const { lacking } = await writer.submit({ type: 'hub_holds', device_id: deviceId, includes });
  logger.warn(
    { lacking },
    'the hub holds more of this device than its store: what is missing is pulled back',
  );
}
