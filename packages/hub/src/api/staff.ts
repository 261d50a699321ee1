/** The people who may sign in at terminals. A PIN is hashed as it comes in and exists nowhere else. */
import { StaffListing } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { putItem, removeItem } from '../feed/master-data.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { ScopeQuery, StaffParams, StaffRequest } from './schemas.ts';

const PUT = {
  method: 'put',
  path: '/api/v1/staff/{staff_id}',
  summary: 'Set a person and their PIN',
  tags: ['Operator'],
  access: ['operator'],
  params: StaffParams,
  query: ScopeQuery,
  body: { schema: StaffRequest },
  responses: {
    200: { description: 'The person, without the PIN.', schema: StaffListing },
    404: { description: 'There is no such store.' },
  },
  example: { name: 'Astrid', role: 'cashier', pin: '1234' },
} as const satisfies RouteSpec;

const REMOVE = {
  method: 'delete',
  path: '/api/v1/staff/{staff_id}',
  summary: 'Remove a person',
  tags: ['Operator'],
  access: ['operator'],
  params: StaffParams,
  query: ScopeQuery,
  responses: {
    204: { description: 'Removed.' },
    404: { description: 'There is no such person or store.' },
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/staff/{staff_id}`. */
export function addStaffRoutes(api: HubApi, { hub, pinHasher }: HubServices): void {
  api.route(PUT, async ({ params, query, body, principal }) => {
    const person = { staff_id: params.staff_id, name: body.name, role: body.role };
    await putItem(hub.pool, {
      tenantId: principal.tenant_id,
      storeId: query.store_id,
      item: {
        collection: 'staff',
        key: params.staff_id,
        value: { ...person, pin_hash: await pinHasher.hash(body.pin) },
      },
    });
    return { body: person };
  });
  api.route(REMOVE, async ({ params, query, principal }) => {
    await removeItem(hub.pool, {
      tenantId: principal.tenant_id,
      storeId: query.store_id,
      collection: 'staff',
      key: params.staff_id,
    });
    return { status: 204 };
  });
}
