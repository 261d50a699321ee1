/** Vectors of signed requests: what is signed, the headers to send, and requests that are to be refused. */
import { signRequest, toBase64Url } from '@holdfast/crypto';
import type { World } from './world.ts';

/** The second the requests are made at, and judged at. */
const CREATED = 1_795_181_350;

type Request = {
  method: string;
  authority: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
  now_seconds: number;
};

export function requests(world: World): object[] {
  const { key } = world.device;
  const boot = world.newId128();
  const signed = (
    count: number,
    of: Pick<Request, 'method' | 'path' | 'query'>,
    more: object = {},
  ): Request => {
    const body = 'body' in more && typeof more.body === 'string' ? more.body : '';
    const isGet = of.method === 'GET';
    const headers = signRequest({
      ...of,
      authority: 'hub.example:4000',
      createdSeconds: CREATED,
      nonce: `${boot}.${count}`,
      key,
      ...(!isGet && { body: Buffer.from(body), contentType: 'application/x-ndjson' }),
      ...(!isGet && { idempotencyKey: '01937f4e-5a60-7c3e-9c1b-2f6d0a4b8e12' }),
    });
    return { ...of, authority: 'hub.example:4000', headers, body, now_seconds: CREATED };
  };
  const post = signed(
    1,
    { method: 'POST', path: '/api/v1/transactions/batch', query: '' },
    { body: 'a line\n' },
  );
  const get = signed(2, { method: 'GET', path: '/api/v1/sync/changes', query: '?cursor=a%20b' });
  const empty = signed(3, { method: 'PUT', path: '/a', query: '?' });
  const withHeader = (request: Request, name: string, value: string): Request => ({
    ...request,
    headers: { ...request.headers, [name]: value },
  });
  const input = post.headers['signature-input'] ?? '';
  const refused = (what: string, request: Request, code = 'invalid_signature') => ({
    what,
    ...request,
    verdict: code,
  });
  return [
    { what: 'a batch', ...post, verdict: 'ok' },
    { what: 'a page of the feed', ...get, verdict: 'ok' },
    { what: 'an empty body', ...empty, verdict: 'ok' },
    { what: 'the last second', ...post, now_seconds: CREATED + 300, verdict: 'ok' },
    refused('too late', { ...post, now_seconds: CREATED + 301 }, 'clock_skew'),
    refused('from the future', { ...post, now_seconds: CREATED - 301 }, 'clock_skew'),
    refused('another method', { ...post, method: 'PUT' }),
    refused('another host', { ...post, authority: 'hub.example:4001' }),
    refused('another path', { ...post, path: '/api/v1/sync' }),
    refused('another query', { ...get, query: '?cursor=a%20c' }),
    refused('another body', { ...post, body: 'a lime\n' }),
    refused('another idempotency key', withHeader(post, 'idempotency-key', 'another')),
    refused('a digest of another kind', withHeader(post, 'content-digest', 'sha-512=:AAAA:')),
    refused('another label', withHeader(post, 'signature-input', input.replace('sig1=', 'sig2='))),
    refused('an alg', withHeader(post, 'signature-input', `${input};alg="ed25519"`)),
    refused('a component less', withHeader(post, 'signature-input', input.replace(' "content-type"', ''))),
    refused(
      'a header given twice',
      withHeader(post, 'idempotency-key', `${post.headers['idempotency-key']}, x`),
    ),
    refused('the signature of another request', withHeader(post, 'signature', get.headers.signature ?? '')),
  ].map((vector) => ({ ...vector, public_key: toBase64Url(key.publicKey) }));
}
