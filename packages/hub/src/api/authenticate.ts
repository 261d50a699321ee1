/** Who sent a request: a device by its signature, the operator by the bearer token. */
import { type AppError, isAppError } from '@holdfast/base';
import type { HonoRequest } from 'hono';
import { authenticateDevice } from '../identity/device-requests.ts';
import type { HubPrincipal, HubServices } from './hub-api.ts';

/**
 * The caller, or undefined for nobody and for a wrong token. A request that is signed is judged by its signature alone.
 * Throws what `authenticateDevice` throws.
 */
export function createAuthenticate(
  services: Pick<HubServices, 'check' | 'directory' | 'counters' | 'isOperator' | 'tenantId'>,
): (request: HonoRequest, raw: Uint8Array | undefined) => Promise<HubPrincipal | undefined> {
  const { check, directory, counters, isOperator, tenantId } = services;
  return async (request, raw) => {
    if (request.header('signature-input') !== undefined) {
      try {
        return { kind: 'device', ...(await authenticateDevice(request, { raw, check, directory })) };
      } catch (error) {
        if (isRefusal(error)) counters.refused(error.code);
        throw error;
      }
    }
    const authorization = request.header('authorization');
    if (authorization === undefined) return undefined;
    if (isOperator(authorization)) return { kind: 'operator', tenant_id: tenantId };
    counters.refused('unauthenticated');
    return undefined;
  };
}

function isRefusal(error: unknown): error is AppError {
  return isAppError(error) && error.status === 401;
}
