/** How a device joins: a nonce, then a registration signed with the key it brings. */
import { AppError } from '@holdfast/base';
import { createServerNonce, fromBase64Url, keyIdOf } from '@holdfast/crypto';
import { NonceAnswer, RegisterAnswer } from '@holdfast/protocol';
import type { RouteSpec } from '@holdfast/runtime';
import { verifySigned } from '../identity/device-requests.ts';
import { enrol } from '../identity/enrolment.ts';
import { transact } from '../store/transact.ts';
import type { HubApi, HubServices } from './hub-api.ts';
import { StorableRegistration } from './schemas.ts';

const NONCE = {
  method: 'get',
  path: '/api/v1/nonce',
  summary: 'A fresh server nonce',
  description: 'Every answer to a signed request carries one as well, as Edge-Nonce.',
  tags: ['Devices'],
  access: 'open',
  responses: { 200: { description: 'Good for five minutes.', schema: NonceAnswer } },
} as const satisfies RouteSpec;

const REGISTER = {
  method: 'post',
  path: '/api/v1/devices/register',
  summary: 'Enrol a device',
  description:
    'Signed with the key it registers, by the profile holdfast-device-v1, with a server nonce in the ' +
    'signature. Repeating it with the same key and token and a new nonce gives the same answer.',
  tags: ['Devices'],
  access: 'open',
  body: { schema: StorableRegistration },
  responses: {
    201: { description: 'The device is enrolled.', schema: RegisterAnswer },
    401: { description: 'The signature or the nonce is not valid.' },
    403: { description: 'The claim token is not valid.' },
    409: { description: 'The key belongs to another device.' },
    503: { description: 'Database or archive cannot be written: repeat it.' },
  },
} as const satisfies RouteSpec;

/** Adds `/api/v1/nonce` and `/api/v1/devices/register`. */
export function addEnrolmentRoutes(api: HubApi, services: HubServices): void {
  const { hub, check, directory } = services;
  api.route(NONCE, () => {
    const nowMs = hub.ports.clock.nowMs();
    const nonce = createServerNonce({ macKey: check.macKey, nowMs, random: hub.ports.random });
    return { body: { nonce, server_time: new Date(nowMs).toISOString() } };
  });
  api.route(REGISTER, async ({ body, raw, request }) => {
    const publicKey = fromBase64Url(body.public_key);
    if (publicKey === undefined) {
      throw new AppError('invalid_request', undefined, {
        faults: [{ pointer: '/public_key', detail: 'expected 32 bytes as unpadded base64url' }],
      });
    }
    const keyId = keyIdOf(publicKey);
    const signed = verifySigned(request, {
      raw,
      check,
      publicKeyOf: (id) => (id === keyId ? publicKey : undefined),
    });
    const { serverNonce } = signed;
    if (serverNonce === undefined) {
      throw new AppError('nonce_used', 'A registration carries a nonce of GET /api/v1/nonce.');
    }
    const answer = await transact(hub.pool, (client) =>
      enrol(client, { proven: { request: body, keyId, publicKey, serverNonce }, ports: hub.ports }),
    );
    directory.forget();
    // A device that the archive does not know could not be regained; repeating the registration gets here again.
    await hub.identities.keep();
    hub.logger.info({ device_id: answer.device_id, store_id: answer.store_id }, 'device enrolled');
    return { body: answer };
  });
}
