/** The quarantine, for the operator: what waits, and the decision about it. */
import { QuarantineEntry, QuarantineList, ResolveRequest } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { z } from 'zod';
import { listQuarantine, readQuarantined } from '../quarantine/read-quarantine.ts';
import { resolveQuarantine } from '../quarantine/resolve-quarantine.ts';
import { transact } from '../store/transact.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { PageQuery, StoreId } from './schemas.ts';

const LIST = {
  method: 'get',
  path: '/api/v1/quarantine',
  summary: 'Entries that wait for a person, or did, oldest first',
  description: 'A page ends early when its bodies would be more than a megabyte.',
  tags: ['Ledger'],
  access: ['operator'],
  query: PageQuery.extend({
    store_id: StoreId.optional(),
    state: z.enum(['open', 'resolved']).default('open'),
  }),
  responses: { 200: { description: 'One page.', schema: QuarantineList } },
} as const satisfies RouteSpec;

const RESOLVE = {
  method: 'post',
  path: '/api/v1/quarantine/resolve',
  summary: 'Book an entry after all, or dismiss it',
  description:
    '`book` passes over the state of the device and over the store that the sale names: it is booked at the store of ' +
    'its device. Safe to repeat. The entry itself stays as it is.',
  tags: ['Ledger'],
  access: ['operator'],
  body: { schema: ResolveRequest },
  responses: {
    200: { description: 'The entry as it is now.', schema: QuarantineEntry },
    404: { description: 'No entry at this place is in quarantine.' },
    409: { description: 'It was decided otherwise before.' },
    422: { description: 'What it says cannot be booked.' },
  },
  example: {
    device_id: '01a1f925-894e-7fd5-8de5-3985da7c5498',
    incarnation: '5afb6dc67f0385db01ccd9cfe4e9c3e0',
    lane: 'transactions',
    seq: 1,
    resolution: 'book',
    note: 'Checked against the till roll.',
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/quarantine` and `/api/v1/quarantine/resolve`. */
export function addQuarantineRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(LIST, async ({ query, principal }) => ({
    body: await listQuarantine(hub.pool, {
      tenantId: principal.tenant_id,
      storeId: query.store_id,
      state: query.state,
      limit: query.limit,
      cursor: query.cursor,
    }),
  }));
  api.route(RESOLVE, async ({ body, principal }) => {
    const tenantId = principal.tenant_id;
    const entry = await transact(hub.pool, async (client) => {
      await resolveQuarantine(client, { tenantId, request: body, nowMs: hub.ports.clock.nowMs() });
      return readQuarantined(client, { tenantId, place: body });
    });
    const { op_id, resolution } = entry;
    hub.logger.info({ device_id: entry.device_id, op_id, resolution }, 'quarantine resolved');
    return { body: entry };
  });
}
