/** The articles of the tenant and of single stores. */
import { AppError } from '@holdfast/base';
import { toDecimal, toMinor } from '@holdfast/money';
import { CatalogueItem } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import type { z } from 'zod';
import { putItem, removeItem } from '../feed/master-data.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { CatalogueRequest, ScopeQuery, SkuParams } from './schemas.ts';

const PUT = {
  method: 'put',
  path: '/api/v1/catalogue/{sku}',
  summary: 'Set an article',
  description: 'With a store_id for that store, where it stands before the one of the whole tenant.',
  tags: ['Operator'],
  access: ['operator'],
  params: SkuParams,
  query: ScopeQuery,
  body: { schema: CatalogueRequest },
  responses: {
    200: { description: 'The article as the edges will get it.', schema: CatalogueItem },
    404: { description: 'There is no such store.' },
  },
  example: { name: 'Kanelbulle', price: '38.00', currency: 'SEK', category: 'Bakery', symbol: '🌀' },
} as const satisfies RouteSpec;

const REMOVE = {
  method: 'delete',
  path: '/api/v1/catalogue/{sku}',
  summary: 'Remove an article',
  tags: ['Operator'],
  access: ['operator'],
  params: SkuParams,
  query: ScopeQuery,
  responses: {
    204: { description: 'Removed.' },
    404: { description: 'There is no such article or store.' },
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/catalogue/{sku}`. */
export function addCatalogueRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(PUT, async ({ params, query, body, principal }) => {
    const value = toItem(params.sku, body);
    await putItem(hub.pool, {
      tenantId: principal.tenant_id,
      storeId: query.store_id,
      item: { collection: 'catalogue', key: params.sku, value },
    });
    return { body: value };
  });
  api.route(REMOVE, async ({ params, query, principal }) => {
    await removeItem(hub.pool, {
      tenantId: principal.tenant_id,
      storeId: query.store_id,
      collection: 'catalogue',
      key: params.sku,
    });
    return { status: 204 };
  });
}

/** Prices are kept with all decimals of their currency; one it cannot hold is refused. */
function toItem(sku: string, request: z.output<typeof CatalogueRequest>): CatalogueItem {
  const minor = toMinor(request.price, request.currency);
  if (minor < 0n) throw new AppError('amount_out_of_range', 'A price is not negative.');
  return { sku, ...request, price: toDecimal(minor, request.currency) };
}
