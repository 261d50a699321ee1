/**
 * Puts a hub together over an open context: its tenant, its API, and what runs beside the requests, without sockets or
 * signals. `startHub` adds those; a simulation composes the same hub on a virtual clock.
 */
import type { Service } from '@holdfast/base';
import { createPinHasher, type PinHasher } from '@holdfast/crypto';
import { createHubApi } from './api/create-hub-api.ts';
import type { HubApi } from './api/hub-api.ts';
import { createHubMetrics } from './api/hub-metrics.ts';
import type { HubContext } from './context.ts';
import { type Authorities, createAuthorities } from './identity/authorities.ts';
import { createDeviceDirectory } from './identity/device-directory.ts';
import { createNonceCleanUp } from './identity/nonces.ts';
import { createOperatorCheck } from './identity/operator.ts';
import { createRefusalLog } from './identity/refusal-log.ts';
import { ensureTenant } from './identity/tenant.ts';

/** A hub that is whole and at rest: nothing runs until its services do. */
export type HubComposition = {
  app: HubApi['app'];
  /** The names it answers to; a listener adds its own. */
  authorities: Authorities;
  /** To be supervised while the hub runs. */
  services: readonly Service[];
};

/** Composes a hub. Throws AppError `key_wrong` when the database belongs to another root key. */
export async function composeHub(
  context: HubContext,
  { pinHasher = createPinHasher() }: { pinHasher?: PinHasher } = {},
): Promise<HubComposition> {
  const { settings, pool, ports, logger, keys, metrics, verifier, catchUp } = context;
  const authorities = createAuthorities(settings.publicAuthorities);
  const { app } = createHubApi({
    hub: context,
    tenantId: await ensureTenant(pool, { keys, ports }),
    isOperator: createOperatorCheck(keys.operatorToken),
    directory: createDeviceDirectory({ pool, clock: ports.clock }),
    check: {
      clock: ports.clock,
      refusals: createRefusalLog({ clock: ports.clock, logger }),
      authorities,
      verifier,
      macKey: keys.macKey,
    },
    pinHasher,
    counters: createHubMetrics(metrics),
  });
  return { app, authorities, services: [catchUp, createNonceCleanUp({ pool, ports })] };
}
