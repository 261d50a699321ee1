/**
 * Requests of devices: the signature profile, held against the names of this hub and the keys it has accepted. The
 * answer to a stranger is the same whatever was wrong; the reason goes to the log.
 */
import { AppError, type Clock } from '@holdfast/base';
import { checkServerNonce, keyIdOfRequest, type Verifier, verifyRequest } from '@holdfast/crypto';
import type { HonoRequest } from 'hono';
import type { Authorities } from './authorities.ts';
import type { DeviceDirectory, KnownDevice } from './device-directory.ts';
import type { RefusalLog } from './refusal-log.ts';

/** What verifying takes. */
export type SignatureCheck = {
  clock: Clock;
  refusals: RefusalLog;
  authorities: Authorities;
  verifier: Verifier;
  macKey: Uint8Array;
};

/** A request whose signature holds. */
export type SignedBy = { keyId: string; serverNonce: string | undefined };

/**
 * The device that signed the request. Throws AppError `invalid_signature`, `clock_skew` or `nonce_used`. Its state is
 * for the route to judge: a revoked device is known, and may hand in what it has sold.
 */
export async function authenticateDevice(
  request: HonoRequest,
  {
    raw,
    check,
    directory,
  }: { raw: Uint8Array | undefined; check: SignatureCheck; directory: DeviceDirectory },
): Promise<KnownDevice> {
  const keyId = keyIdOfRequest((name) => request.header(name));
  const device = keyId === undefined ? undefined : await directory.find(keyId);
  verifySigned(request, {
    raw,
    check,
    publicKeyOf: (id) => (id === device?.key_id ? device.public_key : undefined),
  });
  if (device === undefined) throw new AppError('invalid_signature');
  return device;
}

/** Verifies the signature of a request by a key that `publicKeyOf` gives. Throws as {@link authenticateDevice}. */
export function verifySigned(
  request: HonoRequest,
  input: {
    raw: Uint8Array | undefined;
    check: SignatureCheck;
    publicKeyOf: (keyId: string) => Uint8Array | undefined;
  },
): SignedBy {
  const { clock, refusals, authorities, verifier, macKey } = input.check;
  const authority = request.header('host') ?? '';
  const { path, query } = targetOf(request.url);
  const nowMs = clock.nowMs();
  const verdict = verifyRequest({
    method: request.method,
    authority,
    path,
    query,
    headers: (name) => request.header(name),
    body: input.raw ?? new Uint8Array(),
    nowMs,
    lookUpKey: (keyId) => (authorities.includes(authority) ? input.publicKeyOf(keyId) : undefined),
    checkServerNonce: (nonce) => checkServerNonce({ macKey, nowMs, nonce }) === 'ok',
    verifier,
  });
  if (verdict.kind === 'ok') return { keyId: verdict.keyId, serverNonce: verdict.serverNonce };
  const reason = authorities.includes(authority) ? verdict.reason : 'the authority is not one of this hub';
  refusals.note({ code: verdict.code, reason, method: request.method, path });
  throw new AppError(verdict.code, undefined, {
    extra: verdict.code === 'clock_skew' ? { server_time: new Date(nowMs).toISOString() } : {},
  });
}

/** Path and query as they are on the request line. */
function targetOf(url: string): { path: string; query: string } {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const target = start === -1 ? '/' : url.slice(start);
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark) };
}
