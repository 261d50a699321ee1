/** What operators' tools ask of the process itself. */
import { Health } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { METRICS_CONTENT_TYPE } from '@holdfast/runtime';
import { z } from 'zod';
import { createDatabaseCheck } from './database-check.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { SOFTWARE_VERSION } from './version.ts';

const HubHealth = Health.extend({
  status: z.enum(['ok', 'unavailable']),
  database: z.enum(['ok', 'unreachable']),
});

const HEALTH = {
  method: 'get',
  path: '/health',
  summary: 'The process is up, and so is its database',
  description: 'What the database said is kept for a second, so that anybody may ask as often as he likes.',
  tags: ['Service'],
  access: 'open',
  responses: {
    200: { description: 'They are.', schema: HubHealth },
    503: { description: 'The database does not answer: devices keep what they have, and send it later.' },
  },
} as const satisfies RouteSpec;

const METRICS = {
  method: 'get',
  path: '/metrics',
  summary: 'Metrics in the Prometheus text format',
  tags: ['Service'],
  access: ['operator'],
  responses: { 200: { description: 'The metrics.', contentType: METRICS_CONTENT_TYPE } },
} as const satisfies RouteSpec;

/** Adds `/health` and `/metrics`. */
export function addServiceRoutes(api: HubApi, { hub, counters }: HubServices): void {
  const isDatabaseUp = createDatabaseCheck(hub);
  api.route(HEALTH, async () => {
    const isUp = await isDatabaseUp();
    return {
      status: isUp ? 200 : 503,
      body: {
        status: isUp ? ('ok' as const) : ('unavailable' as const),
        service: 'hub',
        software_version: SOFTWARE_VERSION,
        database: isUp ? ('ok' as const) : ('unreachable' as const),
      },
    };
  });
  api.route(METRICS, async () => {
    await counters.refresh(hub.pool);
    return new Response(hub.metrics.text(), { headers: { 'content-type': METRICS_CONTENT_TYPE } });
  });
}
