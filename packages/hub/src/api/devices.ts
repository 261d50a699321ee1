/** The devices of the tenant, and what the operator decides about them. */

import type { RouteSpec } from '@holdfast/runtime';
import { listDevices, setDeviceState } from '../identity/devices.ts';
import { bookSuspended } from '../quarantine/book-suspended.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { DeviceAnswer, DeviceList, DeviceParams, DeviceStateRequest, PageQuery } from './schemas.ts';

const LIST = {
  method: 'get',
  path: '/api/v1/devices',
  summary: 'The devices and their streams',
  tags: ['Operator'],
  access: ['operator'],
  query: PageQuery,
  responses: { 200: { description: 'One page, in the order they joined.', schema: DeviceList } },
} as const satisfies RouteSpec;

const SET_STATE = {
  method: 'patch',
  path: '/api/v1/devices/{id}',
  summary: 'Suspend, revoke or reactivate a device',
  description:
    'A suspended device and a revoked one may still upload, into quarantine. What a device sent while it was ' +
    'suspended is booked when it is made active; a revoked one stays so. Safe to repeat.',
  tags: ['Operator'],
  access: ['operator'],
  params: DeviceParams,
  body: { schema: DeviceStateRequest },
  responses: {
    200: { description: 'The device as it is now.', schema: DeviceAnswer },
    403: { description: 'The device has been revoked.' },
    404: { description: 'There is no such device.' },
  },
  example: { state: 'suspended' },
} as const satisfies RouteSpec;

/** Adds `/api/v1/devices` for the operator. */
export function addDeviceRoutes(api: HubApi, { hub, directory }: HubServices): void {
  api.route(LIST, async ({ query, principal }) => ({
    body: await listDevices(hub.pool, {
      tenantId: principal.tenant_id,
      limit: query.limit,
      cursor: query.cursor,
    }),
  }));
  api.route(SET_STATE, async ({ params, body, principal }) => {
    const device = await setDeviceState(hub.pool, {
      tenantId: principal.tenant_id,
      deviceId: params.id,
      state: body.state,
    });
    directory.forget();
    const booked = await bookSuspended(hub.pool, {
      tenantId: principal.tenant_id,
      deviceId: device.device_id,
      nowMs: hub.ports.clock.nowMs(),
    });
    hub.logger.info({ device_id: device.device_id, state: device.state, booked }, 'device state set');
    await hub.identities.keep();
    return { body: device };
  });
}
