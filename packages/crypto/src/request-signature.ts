/**
 * Signed requests: RFC 9421 narrowed to one profile, `holdfast-device-v1`. Method, authority, path and query are always
 * covered; requests that change something also cover their body's digest, content type and idempotency key. The
 * algorithm follows from the key and is never named by the request.
 *
 * What it proves: the holder of the key made this request, lately (within `LIMITS.signatureAgeMs` by the clocks, or
 * with a nonce of the server). What it does not prove: that the request is seen for the first time. Within that time a
 * copy passes, which is harmless because writes carry an idempotency key and reads change nothing.
 */
import { assert, LIMITS } from '@holdfast/base';
import { contentDigest, isContentDigestOf } from './content-digest.ts';
import { keyIdOf, type SigningKey, type Verifier } from './ed25519.ts';
import { type Component, signatureBase } from './signature-base.ts';
import {
  formatSignature,
  parseSignature,
  parseSignatureInput,
  type SignatureInput,
  signatureParams,
} from './signature-input.ts';
import { carriesBody, coveredComponents, parseNonce, SIGNATURE_LABEL } from './signature-profile.ts';

/** A request to sign. */
export type RequestToSign = {
  method: string;
  /** Host and port as the Host header will say them. */
  authority: string;
  /** As on the request line, percent-encoded. */
  path: string;
  /** '' or '?a=b', percent-encoded. */
  query: string;
  /** The bytes on the wire, compressed if they are. GET and HEAD have none. */
  body?: Uint8Array | undefined;
  /** Needed with a body; without one, requests that cover it say `application/octet-stream`. */
  contentType?: string | undefined;
  /** Needed by POST, PUT, PATCH and DELETE. */
  idempotencyKey?: string | undefined;
  /** GET and HEAD only. */
  ifNoneMatch?: string | undefined;
  createdSeconds: number;
  /** `<bootId>.<seq>` or `<bootId>.<seq>.<serverNonce>`. */
  nonce: string;
  key: SigningKey;
};

/** A received request. `authority` is the Host header, which the caller has held against its list of names. */
export type RequestToVerify = {
  method: string;
  authority: string;
  path: string;
  query: string;
  /** By lower-case name; a header given twice as both values joined by ", ". */
  headers: (name: string) => string | undefined;
  /** The bytes as received. */
  body: Uint8Array;
  nowMs: number;
  lookUpKey(keyId: string): Uint8Array | undefined;
  /** True for a nonce this server gave to that key and that is still good. Without it, none is accepted. */
  checkServerNonce?(nonce: string, keyId: string): boolean;
  verifier: Verifier;
};

/** `reason` is for the log of the server; the answer to a stranger says no more than `code`. */
export type VerifiedRequest =
  | { kind: 'ok'; keyId: string; nonce: string; serverNonce?: string; created: number }
  | Refusal;

type Refusal = { kind: 'refused'; code: 'invalid_signature' | 'clock_skew' | 'nonce_used'; reason: string };

/** The base point of the curve: a valid key whose private half nobody uses, for the work an unknown key must cost. */
const NOBODYS_KEY = new Uint8Array(32).fill(0x66).fill(0x58, 0, 1);
const NO_BODY = new Uint8Array(0);

/** The headers to send with a request, by lower-case name. A request the profile cannot express fails an assertion. */
export function signRequest(input: RequestToSign): Record<string, string> {
  const headers = headersToCover(input);
  const components = coveredComponents({ ...input, header: (name) => headers[name] });
  assert(Array.isArray(components), 'fault' in components ? components.fault : '');
  assert(parseNonce(input.nonce) !== undefined, 'the nonce is <bootId>.<seq>[.<serverNonce>]');
  assert(Number.isSafeInteger(input.createdSeconds), 'created is in whole seconds');
  const params = signatureParams({
    covered: components.map(([name]) => name),
    createdSeconds: input.createdSeconds,
    nonce: input.nonce,
    keyId: input.key.keyId,
  });
  const signature = input.key.sign(Buffer.from(signatureBase(components, params)));
  return {
    ...headers,
    'signature-input': `${SIGNATURE_LABEL}=${params}`,
    signature: formatSignature(signature),
  };
}

/**
 * Verifies a request. Its clock and its nonce are judged after its signature: a stranger learns nothing about
 * either. A good server nonce stands in for the clock; a bad one refuses the request whatever the clock says.
 */
export function verifyRequest(input: RequestToVerify): VerifiedRequest {
  const read = readRequest(input);
  if ('fault' in read) return refused('invalid_signature', read.fault);
  const { signed, base, signature } = read;
  // An unknown key costs the same work as a known one, so that time does not tell which keys exist.
  const found = input.lookUpKey(signed.keyId);
  const publicKey = found ?? NOBODYS_KEY;
  const named = keyIdOf(publicKey) === signed.keyId;
  const valid = input.verifier.verify(publicKey, base, signature);
  if (found === undefined) return refused('invalid_signature', 'the key is not known');
  if (!named) return refused('invalid_signature', 'the key on record is not the one of this keyid');
  if (!valid) return refused('invalid_signature', 'the signature does not verify');
  return judgeFreshness(signed, input);
}

/** The key id a request claims, to fetch the key before {@link verifyRequest}; undefined when it has none. */
export function keyIdOfRequest(headers: (name: string) => string | undefined): string | undefined {
  const header = headers('signature-input');
  const parsed = header === undefined ? undefined : parseSignatureInput(header);
  return parsed === undefined || 'fault' in parsed ? undefined : parsed.keyId;
}

function headersToCover(input: RequestToSign): Record<string, string> {
  if (carriesBody(input.method) === false) {
    assert((input.body?.length ?? 0) === 0, 'GET and HEAD have no body');
    return input.ifNoneMatch === undefined ? {} : { 'if-none-match': input.ifNoneMatch };
  }
  const body = input.body ?? NO_BODY;
  assert(body.length === 0 || input.contentType !== undefined, 'a body has a content type');
  assert(input.idempotencyKey !== undefined, 'a request that changes something has an idempotency key');
  return {
    'content-digest': contentDigest(body),
    'content-type': input.contentType ?? 'application/octet-stream',
    'idempotency-key': input.idempotencyKey,
  };
}

function readRequest(
  input: RequestToVerify,
): { signed: SignatureInput; base: Buffer; signature: Buffer } | { fault: string } {
  const inputHeader = input.headers('signature-input');
  const signatureHeader = input.headers('signature');
  if (inputHeader === undefined || signatureHeader === undefined)
    return { fault: 'the request is not signed' };
  const signed = parseSignatureInput(inputHeader);
  if ('fault' in signed) return signed;
  const signature = parseSignature(signatureHeader);
  if (signature === undefined) return { fault: 'Signature is not one signature of 64 bytes labelled sig1' };
  const required = coveredComponents({ ...input, header: input.headers });
  if ('fault' in required) return required;
  const components = inSignedOrder(required, signed.covered);
  if (components === undefined) return { fault: 'the covered components are not those of the profile' };
  const fault = bodyFault(input);
  if (fault !== undefined) return { fault };
  return { signed, base: Buffer.from(signatureBase(components, signed.params)), signature };
}

/** The required components in the order they were signed; undefined unless exactly those were signed, each once. */
function inSignedOrder(required: Component[], covered: string[]): Component[] | undefined {
  const values = new Map(required);
  const components = covered.flatMap((name): Component[] => {
    const value = values.get(name);
    values.delete(name);
    return value === undefined ? [] : [[name, value]];
  });
  return values.size === 0 && components.length === covered.length ? components : undefined;
}

function bodyFault(input: RequestToVerify): string | undefined {
  if (carriesBody(input.method) === false) {
    return input.body.length === 0 ? undefined : 'this method carries no body';
  }
  const digest = input.headers('content-digest');
  if (digest !== undefined && isContentDigestOf(digest, input.body)) return undefined;
  return 'Content-Digest is not that of the body';
}

function judgeFreshness(signed: SignatureInput, input: RequestToVerify): VerifiedRequest {
  const { keyId, nonce, serverNonce, created } = signed;
  if (serverNonce !== undefined) {
    if (input.checkServerNonce?.(serverNonce, keyId) !== true) {
      return refused('nonce_used', 'the server nonce is not ours, too old, or of another key');
    }
    return { kind: 'ok', keyId, nonce, serverNonce, created };
  }
  const skewMs = input.nowMs - created * 1000;
  if (Math.abs(skewMs) > LIMITS.signatureAgeMs) {
    return refused('clock_skew', `created is ${Math.round(skewMs / 1000)} s from the server's time`);
  }
  return { kind: 'ok', keyId, nonce, created };
}

function refused(code: Refusal['code'], reason: string): Refusal {
  return { kind: 'refused', code, reason };
}
