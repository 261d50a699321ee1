/** Claim tokens, made by the operator for each device that shall join. */
import { LIMITS } from '@holdfast/base';
import { ClaimAnswer, ClaimRequest } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { createClaim } from '../identity/claims.ts';
import type { HubApi, HubServices } from './hub-api.ts';

const CREATE = {
  method: 'post',
  path: '/api/v1/claims',
  summary: 'Make a claim token for one device',
  tags: ['Operator'],
  access: ['operator'],
  body: { schema: ClaimRequest },
  responses: {
    201: { description: 'Shown this once; the hub keeps its hash.', schema: ClaimAnswer },
    404: { description: 'There is no such store.' },
  },
  example: { store_id: 'STHLM-001', expires_in_seconds: LIMITS.claimTokenMs / 1000 },
} as const satisfies RouteSpec;

/** Adds `/api/v1/claims`. */
export function addClaimRoutes(api: HubApi, { hub }: HubServices): void {
  api.route(CREATE, async ({ body, principal }) => ({
    body: await createClaim(hub.pool, {
      tenantId: principal.tenant_id,
      storeId: body.store_id,
      expiresInSeconds: body.expires_in_seconds,
      ports: hub.ports,
    }),
  }));
}
