/** The feed down to the devices, and their word back up. */
import { AppError } from '@holdfast/base';
import { Cursor, FeedPage, HeartbeatAnswer } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { z } from 'zod';
import { readGeneration } from '../feed/generation.ts';
import { FEED_PAGE_MAX, readFeedPage } from '../feed/read-feed.ts';
import { assertMay } from '../identity/device-state.ts';
import { noteSoftwareVersion } from '../identity/devices.ts';
import { reportStreams } from '../ledger/report-streams.ts';
import { transact } from '../store/transact.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { DeviceParams, StorableHeartbeat } from './schemas.ts';

const CHANGES = {
  method: 'get',
  path: '/api/v1/sync/changes',
  summary: 'Changes since a cursor',
  description:
    `At most ${FEED_PAGE_MAX} changes a page. Without a cursor, or with one that cannot be continued, the page ` +
    'starts a snapshot and says so by `reset`.',
  tags: ['Sync'],
  access: ['device'],
  query: z.object({ cursor: Cursor.optional() }),
  responses: {
    200: { description: 'One page.', schema: FeedPage },
    403: { description: 'The device is suspended or revoked.' },
  },
} as const satisfies RouteSpec;

const HEARTBEAT = {
  method: 'post',
  path: '/api/v1/devices/{id}/heartbeat',
  summary: 'What the device holds',
  tags: ['Sync'],
  access: ['device'],
  params: DeviceParams,
  body: { schema: StorableHeartbeat },
  responses: {
    200: { description: 'Noted.', schema: HeartbeatAnswer },
    403: { description: 'The device is revoked, or another one.' },
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/sync/changes`. */
export function addFeedRoutes(api: HubApi, { hub, check }: HubServices): void {
  api.route(CHANGES, async ({ query, principal }) => {
    assertMay(principal, 'read');
    const nowMs = hub.ports.clock.nowMs();
    const input = { reader: principal, cursor: query.cursor, macKey: check.macKey, nowMs };
    return { body: await transact(hub.pool, (client) => readFeedPage(client, input), 'snapshot') };
  });
}

/** Adds `/api/v1/devices/{id}/heartbeat`. */
export function addHeartbeatRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(HEARTBEAT, async ({ params, body, principal }) => {
    if (params.id !== principal.device_id)
      throw new AppError('forbidden', 'A device reports for itself alone.');
    assertMay(principal, 'report');
    const nowMs = hub.ports.clock.nowMs();
    await reportStreams(hub.pool, { device: principal, heartbeat: body, nowMs });
    await noteSoftwareVersion(hub.pool, {
      tenantId: principal.tenant_id,
      locationId: principal.location_id,
      deviceId: principal.device_id,
      softwareVersion: body.software_version,
    });
    return {
      body: {
        generation: await readGeneration(hub.pool),
        server_time: new Date(nowMs).toISOString(),
        state: principal.state,
      },
    };
  });
}
