/** What every endpoint group of the hub shares: who may call, and what the handlers work with. */
import type { PinHasher } from '@holdfast/crypto';
import type { Api } from '@holdfast/runtime';
import type { HubContext } from '../context.ts';
import type { DeviceDirectory, KnownDevice } from '../identity/device-directory.ts';
import type { SignatureCheck } from '../identity/device-requests.ts';
import type { HubMetrics } from './hub-metrics.ts';

/** Who calls: the operator of a tenant, or a device by its signature. */
export type HubPrincipal = { kind: 'operator'; tenant_id: string } | ({ kind: 'device' } & KnownDevice);

export type HubApi = Api<HubPrincipal>;

/** What handlers work with. */
export type HubServices = {
  hub: HubContext;
  /** The operator's tenant. */
  tenantId: string;
  isOperator(authorization: string): boolean;
  directory: DeviceDirectory;
  check: SignatureCheck;
  pinHasher: PinHasher;
  counters: HubMetrics;
};
