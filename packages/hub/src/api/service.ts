/** What operators' tools ask of the process itself. */
import { Health } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { METRICS_CONTENT_TYPE } from '@holdfast/runtime';
import type { HubApi, HubServices } from './hub-api.ts';
import { SOFTWARE_VERSION } from './version.ts';

const HEALTH = {
  method: 'get',
  path: '/health',
  summary: 'The process is up',
  description: 'Asks nothing of the database.',
  tags: ['Service'],
  access: 'open',
  responses: { 200: { description: 'It is.', schema: Health } },
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
  api.route(HEALTH, () => ({ body: { status: 'ok', service: 'hub', software_version: SOFTWARE_VERSION } }));
  api.route(METRICS, async () => {
    await counters.refresh(hub.pool);
    return new Response(hub.metrics.text(), { headers: { 'content-type': METRICS_CONTENT_TYPE } });
  });
}
