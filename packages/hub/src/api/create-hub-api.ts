/**
 * The hub's HTTP API: every endpoint group on one app. Failures of the database become `hub_unavailable` here, and
 * every answer to a signed request carries a fresh nonce and the hub's time, so that a device whose clock is dead needs
 * one more round trip and no more.
 */
import { createServerNonce } from '@holdfast/crypto';
import { createApi } from '@holdfast/runtime';
import { mapPostgresError } from '../store/map-postgres-error.ts';
import { createAuthenticate } from './authenticate.ts';
import { addBatchRoutes } from './batch.ts';
import { addCatalogueRoutes } from './catalogue.ts';
import { addClaimRoutes } from './claims.ts';
import { addDeviceRoutes } from './devices.ts';
import { addEnrolmentRoutes } from './enrolment.ts';
import { addFeedRoutes, addHeartbeatRoutes } from './feed.ts';
import type { HubApi, HubPrincipal, HubServices } from './hub-api.ts';
import { addLocationRoutes } from './locations.ts';
import { addOwnEntriesRoutes } from './own-entries.ts';
import { addQuarantineRoutes } from './quarantine.ts';
import { addReconciliationRoutes } from './reconciliation.ts';
import { addServiceRoutes } from './service.ts';
import { addStaffRoutes } from './staff.ts';
import { addTransactionRoutes } from './transactions.ts';
import { SOFTWARE_VERSION } from './version.ts';

const GROUPS = [
  addBatchRoutes,
  addFeedRoutes,
  addOwnEntriesRoutes,
  addHeartbeatRoutes,
  addEnrolmentRoutes,
  addClaimRoutes,
  addLocationRoutes,
  addDeviceRoutes,
  addCatalogueRoutes,
  addStaffRoutes,
  addTransactionRoutes,
  addReconciliationRoutes,
  addQuarantineRoutes,
  addServiceRoutes,
];

/** An app with every route of the hub, ready for `listen`. */
export function createHubApi(services: HubServices): HubApi {
  const { hub } = services;
  const authenticate = createAuthenticate(services);
  const api = createApi<HubPrincipal>({
    title: 'Holdfast hub',
    description: 'Enrols devices, takes their journals in, keeps the ledger and hands out master data.',
    version: SOFTWARE_VERSION,
    logger: hub.logger,
    ports: hub.ports,
    authenticate: (request, raw) => mapped(() => authenticate(request, raw)),
    securitySchemes: {
      device: {
        type: 'apiKey',
        in: 'header',
        name: 'Signature-Input',
        description: 'An HTTP message signature (RFC 9421) by the profile holdfast-device-v1.',
      },
      operator: { type: 'http', scheme: 'bearer', description: 'The token in the file api-token.' },
    },
  });
  addFreshness(api, services);
  const guarded: HubApi = {
    app: api.app,
    route: (spec, handler) => api.route(spec, (input) => mapped(async () => handler(input))),
  };
  for (const addGroup of GROUPS) addGroup(guarded, services);
  return guarded;
}

function addFreshness(api: HubApi, { hub, check }: HubServices): void {
  api.app.use('/api/*', async (context, next) => {
    await next();
    if (context.req.header('signature-input') === undefined) return;
    const nowMs = hub.ports.clock.nowMs();
    context.header(
      'edge-nonce',
      createServerNonce({ macKey: check.macKey, nowMs, random: hub.ports.random }),
    );
    context.header('date', new Date(nowMs).toUTCString());
  });
}

async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapPostgresError(error);
  }
}
