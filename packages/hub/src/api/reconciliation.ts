/** The reconciliation, for the operator. */
import { AppError } from '@holdfast/base';
import { Reconciliation } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { z } from 'zod';
import { locationOfStore } from '../identity/locations.ts';
import { reconcile } from '../ledger/reconcile.ts';
import { transact } from '../store/transact.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { StoreId } from './schemas.ts';

const RECONCILE = {
  method: 'get',
  path: '/api/v1/reconciliation',
  summary: 'What the devices hold against what the ledger has',
  description: 'Computed from the rows in one snapshot; without a store_id for all stores.',
  tags: ['Ledger'],
  access: ['operator'],
  query: z.object({ store_id: StoreId.optional() }),
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
        return reconcile(client, { tenantId, locationId, storeId, nowMs: hub.ports.clock.nowMs() });
      },
      'snapshot',
    ),
  }));
}
