/** The stores of the tenant. */

import type { RouteSpec } from '@holdfast/runtime';
import { createLocation, listLocations } from '../identity/locations.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { LocationAnswer, LocationList, LocationRequest } from './schemas.ts';

const LIST = {
  method: 'get',
  path: '/api/v1/locations',
  summary: 'The stores',
  tags: ['Operator'],
  access: ['operator'],
  responses: { 200: { description: 'All of them, by store_id.', schema: LocationList } },
} as const satisfies RouteSpec;

const CREATE = {
  method: 'post',
  path: '/api/v1/locations',
  summary: 'Create a store',
  description: 'Creating the same store again answers 200 with the one there is.',
  tags: ['Operator'],
  access: ['operator'],
  body: { schema: LocationRequest },
  responses: {
    200: { description: 'It existed exactly so.', schema: LocationAnswer },
    201: { description: 'Created.', schema: LocationAnswer },
    422: { description: 'Unknown currency or time zone, or the store_id is taken.' },
  },
  example: {
    store_id: 'STHLM-001',
    name: 'Kaffebaren Slussen',
    currency: 'SEK',
    time_zone: 'Europe/Stockholm',
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/locations`. */
export function addLocationRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(LIST, async ({ principal }) => ({
    body: { locations: await listLocations(hub.pool, principal.tenant_id) },
  }));
  api.route(CREATE, async ({ body, principal }) => {
    const { location, created } = await createLocation(hub.pool, {
      tenantId: principal.tenant_id,
      store: body,
      ports: hub.ports,
    });
    await hub.identities.keep();
    return { status: created ? 201 : 200, body: location };
  });
}
