/** The reconciliation, for the operator. */
import { AppError, LIMITS } from '@holdfast/base';
import { Reconciliation } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { locationOfStore } from '../identity/locations.ts';
import { pageOfStreams } from '../ledger/page-of-streams.ts';
import { reconcile } from '../ledger/reconcile.ts';
import { transact } from '../store/transact.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { PageQuery, StoreId } from './schemas.ts';

const RECONCILE = {
  method: 'get',
  path: '/api/v1/reconciliation',
  summary: 'What the devices hold against what the ledger has',
  description:
    'Computed from the rows in one snapshot; without a store_id for all stores. A page lists a part of the streams, ' +
    '1,000 unless said otherwise; totals and accounts are those of all of them.',
  tags: ['Ledger'],
  access: ['operator'],
  query: PageQuery.extend({
    store_id: StoreId.optional(),
    limit: PageQuery.shape.limit.default(LIMITS.pageRowsMax),
  }),
  responses: {
    200: { description: 'Streams, totals and accounts.', schema: Reconciliation },
    404: { description: 'There is no such store.' },
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/reconciliation`. */
export function addReconciliationRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(RECONCILE, async ({ query, principal }) => ({
    body: await transact(
      hub.pool,
      async (client) => {
        const tenantId = principal.tenant_id;
        const storeId = query.store_id ?? null;
        const location = storeId === null ? null : await locationOfStore(client, { tenantId, storeId });
        if (location === undefined) throw new AppError('not_found', `There is no store ${storeId}.`);
        const locationId = location?.location_id ?? null;
        const nowMs = hub.ports.clock.nowMs();
        return pageOfStreams(await reconcile(client, { tenantId, locationId, storeId, nowMs }), query);
      },
      'snapshot',
    ),
  }));
}
