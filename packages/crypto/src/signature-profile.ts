/**
 * What a request must sign, by the profile `holdfast-device-v1`: which components for which method, and what their
 * values may look like. Everything covered is one line of printable ASCII; whatever is not is refused, so that no value
 * can pose as two and no duplicate of a header can hide behind the first (joined, duplicates hold ", ").
 */
import type { Component } from './signature-base.ts';

export const PROFILE_TAG = 'holdfast-device-v1';
export const SIGNATURE_LABEL = 'sig1';

type Covered = (typeof COVERED_WITH_BODY)[number] | 'if-none-match';

const COVERED_BARE = ['@method', '@authority', '@path', '@query'] as const;
const COVERED_WITH_BODY = [...COVERED_BARE, 'content-digest', 'content-type', 'idempotency-key'] as const;

const VALUES: Record<Covered, RegExp> = {
  '@method': /^[A-Z]{3,7}$/,
  '@authority': /^[a-z0-9._:[\]-]{1,255}$/,
  '@path': /^\/[\x21\x22\x24-\x3e\x40-\x7e]{0,8191}$/,
  '@query': /^\?[\x21\x22\x24-\x7e]{0,8191}$/,
  'content-digest': /^sha-256=:[A-Za-z0-9+/]{43}=:$/,
  'content-type': /^[\x21-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]{0,253}[\x21-\x2b\x2d-\x7e])?$/,
  'idempotency-key': /^[\x21-\x7e]{1,255}$/,
  'if-none-match': /^[\x21-\x7e](?:[\x20-\x7e]{0,1022}[\x21-\x7e])?$/,
};

/** `<bootId>.<seq>`, with `.<serverNonce>` when the hub gave one. */
const NONCE = /^[A-Za-z0-9_-]{1,64}\.(?:0|[1-9][0-9]{0,15})(?:\.([A-Za-z0-9_-]{1,128}))?$/;
const KEY_ID = /^dk_[A-Za-z0-9_-]{43}$/;

/** The parts of a request the profile looks at. */
export type RequestParts = {
  /** In capitals. */
  method: string;
  /** The Host header; letter case does not count, a port does. */
  authority: string;
  path: string;
  /** '' or from the question mark on. */
  query: string;
  header(name: string): string | undefined;
};

/** True for methods that carry a digest, a content type and an idempotency key; undefined for methods not signed here. */
export function carriesBody(method: string): boolean | undefined {
  if (['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) return true;
  return ['GET', 'HEAD'].includes(method) ? false : undefined;
}

/** The components this request must cover with their values, or what is wrong with it. */
export function coveredComponents(request: RequestParts): Component[] | { fault: string } {
  const withBody = carriesBody(request.method);
  if (withBody === undefined) return { fault: 'the method is not one of the profile' };
  const names: Covered[] = [...(withBody ? COVERED_WITH_BODY : COVERED_BARE)];
  if (!withBody && request.header('if-none-match') !== undefined) names.push('if-none-match');
  const components: Component[] = [];
  for (const name of names) {
    const value = componentValue(name, request);
    if (value === undefined) return { fault: `${name} is missing` };
    if (!VALUES[name].test(value)) return { fault: `${name} is malformed or given twice` };
    components.push([name, value]);
  }
  return components;
}

/** The server nonce within a nonce of the profile, if it has one; undefined when the nonce is malformed. */
export function parseNonce(nonce: string): { serverNonce: string | undefined } | undefined {
  const match = NONCE.exec(nonce);
  return match === null ? undefined : { serverNonce: match[1] };
}

/** True for a key id as `keyIdOf` makes it. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

function componentValue(name: Covered, request: RequestParts): string | undefined {
  switch (name) {
    case '@method':
      return request.method;
    case '@authority':
      return request.authority.toLowerCase();
    case '@path':
      return request.path;
    case '@query':
      // RFC 9421 section 2.2.7: the question mark belongs to the value, also when there is no query.
      return request.query === '' ? '?' : request.query;
    default:
      return request.header(name);
  }
}
