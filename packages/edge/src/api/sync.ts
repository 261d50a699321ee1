/** Sync as a person sees it: status, push now, the drill. */
import { statSync } from 'node:fs';
import {
  EdgeStatus,
  type LaneStatus,
  LinkRequest,
  LinkStatus,
  PROTOCOL_VERSION,
  PushResult,
} from '@holdfast/protocol';
import { type EdgeContext, SOFTWARE_VERSION } from '../context.ts';
import { readEntryTime } from '../store/entries.ts';
import { countFeed } from '../store/feed.ts';
import { readMeta } from '../store/meta.ts';
import { SCHEMA_VERSION } from '../store/migrations/index.ts';
import { entryIdOf, openStreams, type StreamRow } from '../store/streams.ts';
import { freeBytes, reserveSize } from '../writer/room.ts';
import type { EdgeApi } from './index.ts';
import { READERS } from './transactions.ts';

export function registerSync(api: EdgeApi, context: EdgeContext): void {
  api.route(
    {
      method: 'post',
      path: '/edge/sync/push',
      summary: 'Push what waits, now',
      tags: ['sync'],
      access: READERS,
      responses: { 200: { description: 'What was pushed and what still waits.', schema: PushResult } },
    },
    async () => ({ body: await context.sync.push() }),
  );
  api.route(
    {
      method: 'get',
      path: '/api/v1/status',
      summary: 'How this edge is',
      tags: ['status'],
      access: READERS,
      responses: { 200: { description: 'Link, lanes, store, versions.', schema: EdgeStatus } },
    },
    () => ({ body: statusOf(context) }),
  );
  api.route(
    {
      method: 'put',
      path: '/api/v1/link',
      summary: 'Start or end a drill',
      description:
        'Plays an outage beneath every client of this edge: refused at once, not answered, or every second request lost. It ends by itself after an hour.',
      tags: ['sync'],
      access: READERS,
      body: { schema: LinkRequest },
      responses: { 200: { description: 'The link as it is now.', schema: LinkStatus } },
      example: { mode: 'offline' },
    },
    async ({ body }) => {
      context.link.setMode(body.mode);
      await context.writer.submit({ type: 'link_mode', mode: body.mode, until: context.drill.untilMs });
      if (body.mode === 'auto') await context.link.probeNow();
      return { body: context.link.status() };
    },
  );
}

/** The status of this edge as of now. */
export function statusOf(context: EdgeContext): EdgeStatus {
  const { db, options, link, ports, damage, workflows } = context;
  const enrolment = context.enrolment();
  const streams = openStreams(db);
  return {
    service: 'edge',
    software_version: SOFTWARE_VERSION,
    protocol: PROTOCOL_VERSION,
    now: new Date(ports.clock.nowMs()).toISOString(),
    started_at: new Date(context.startedMs).toISOString(),
    enrolled: enrolment !== undefined,
    attention: damage.attention ?? readMeta(db, 'attention') ?? workflows.attention ?? null,
    device_id: readMeta(db, 'device_id') ?? null,
    store_id: enrolment?.store_id ?? options.storeId,
    store_name: enrolment?.store_name ?? options.storeId,
    currency: enrolment?.currency ?? options.currency,
    time_zone: enrolment?.time_zone ?? options.timeZone,
    hub_url: options.hubUrl ?? enrolment?.hub_url ?? null,
    incarnation: streams[0]?.incarnation ?? '',
    boot: context.boot,
    generation: readMeta(db, 'generation') ?? null,
    link: link.status(),
    lanes: streams.map((stream) => laneStatus(context, stream)),
    feed: {
      applied_at: feedAsOf(context),
      ...countFeed(db),
    },
    store: storeStatus(context),
  };
}

/** When the feed was last looked at, by this process or the one before it; null before the first time. */
export function feedAsOf({ db, feed }: EdgeContext): string | null {
  const ms = feed.lookedAtMs ?? readMeta(db, 'feed_applied_at');
  return ms === undefined ? null : new Date(Number(ms)).toISOString();
}

function laneStatus({ db, pendingSums }: EdgeContext, stream: StreamRow): LaneStatus {
  const pending = stream.tip_seq - stream.acked_seq;
  const oldest =
    pending > 0 ? readEntryTime(db, entryIdOf(stream.stream_no, stream.acked_seq + 1)) : undefined;
  return {
    lane: stream.lane,
    pending,
    pending_amounts: pending > 0 ? pendingSums.read() : [],
    tip_seq: stream.tip_seq,
    acked_seq: stream.acked_seq,
    safe_seq: stream.safe_seq,
    oldest_unacked_at: oldest ?? null,
    quarantined: stream.quarantined,
    last_ack_at: stream.last_ack_at === null ? null : new Date(stream.last_ack_at).toISOString(),
  };
}

function storeStatus({ db, paths, options }: EdgeContext): EdgeStatus['store'] {
  return {
    db_id: readMeta(db, 'db_id') ?? '',
    schema_version: SCHEMA_VERSION,
    cipher: options.cipher,
    database_bytes: sizeOf(paths.database),
    wal_bytes: sizeOf(`${paths.database}-wal`),
    free_bytes: freeBytes(paths.database),
    reserve_bytes: reserveSize(paths.reserve),
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
