/** The ledger's transactions, for the operator. */
import { CentralTransactionList } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { listTransactions } from '../ledger/list-transactions.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { PageQuery, StoreId } from './schemas.ts';

const LIST = {
  method: 'get',
  path: '/central/transactions',
  summary: 'Booked transactions, newest booking first',
  tags: ['Ledger'],
  access: ['operator'],
  query: PageQuery.extend({ store_id: StoreId.optional() }),
  responses: { 200: { description: 'One page.', schema: CentralTransactionList } },
} as const satisfies RouteSpec;

/** Adds `/central/transactions`. */
export function addTransactionRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(LIST, async ({ query, principal }) => ({
    body: await listTransactions(hub.pool, {
      tenantId: principal.tenant_id,
      storeId: query.store_id,
      limit: query.limit,
      cursor: query.cursor,
    }),
  }));
}
