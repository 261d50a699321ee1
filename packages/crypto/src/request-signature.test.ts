import { LIMITS, must, systemRandom } from '@holdfast/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentDigest } from './content-digest.ts';
import { createVerifier, generateSigningKey, keyIdOf, type SigningKey } from './ed25519.ts';
import {
  keyIdOfRequest,
  type RequestToSign,
  type RequestToVerify,
  signRequest,
  type VerifiedRequest,
  verifyRequest,
} from './request-signature.ts';
import { checkServerNonce, createServerNonce } from './server-nonce.ts';
import { signatureBase } from './signature-base.ts';
import { formatSignature } from './signature-input.ts';

const key = generateSigningKey();
const other = generateSigningKey();
const verifier = createVerifier();
const nowMs = 1_764_000_000_000;
const macKey = Buffer.alloc(32, 9);
const body = Buffer.from('{"amount":"12.50"}');

type Sent = Omit<RequestToVerify, 'headers' | 'lookUpKey' | 'verifier' | 'checkServerNonce'> & {
  headers: Record<string, string>;
};

const POST = {
  method: 'POST',
  authority: 'hub.example:8443',
  path: '/api/v1/transactions/batch',
  query: '?a=b',
  body,
  contentType: 'application/json',
  idempotencyKey: '0192f0c4-7a1b-7c3d-8e4f-0123456789ab',
  createdSeconds: nowMs / 1000,
  nonce: 'b00t.1',
  key,
} satisfies RequestToSign;
const GET = {
  method: 'GET',
  authority: 'hub.example',
  path: '/api/v1/devices/1/config',
  query: '',
  ifNoneMatch: '"sha256-abc"',
  createdSeconds: nowMs / 1000,
  nonce: 'b00t.2',
  key,
} satisfies RequestToSign;

function sent(request: RequestToSign): Sent {
  const { method, authority, path, query } = request;
  return {
    method,
    authority,
    path,
    query,
    body: request.body ?? Buffer.alloc(0),
    headers: signRequest(request),
    nowMs,
  };
}

function receive(request: Sent, keys: SigningKey[] = [key, other]): VerifiedRequest {
  return verifyRequest({
    ...request,
    headers: (name) => request.headers[name],
    lookUpKey: (keyId) => keys.find((each) => each.keyId === keyId)?.publicKey,
    checkServerNonce: (nonce, keyId) =>
      checkServerNonce({ macKey, nowMs: request.nowMs, nonce, keyId }) === 'ok',
    verifier,
  });
}

/** The request with other headers; undefined removes one. */
function withHeaders(request: Sent, change: Record<string, string | undefined>): Sent {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...request.headers, ...change })) {
    if (value !== undefined) headers[name] = value;
  }
  return { ...request, headers };
}

/** Signs components and parameters of the attacker's choice with the right key: only the shape can be refused. */
function signedAs(components: [string, string][], parameters: string): Record<string, string> {
  const params = `(${components.map(([name]) => `"${name}"`).join(' ')})${parameters}`;
  const signature = key.sign(Buffer.from(signatureBase(components, params)));
  return { 'signature-input': `sig1=${params}`, signature: formatSignature(signature) };
}

const COMPONENTS: [string, string][] = [
  ['@method', 'POST'],
  ['@authority', 'hub.example:8443'],
  ['@path', '/api/v1/transactions/batch'],
  ['@query', '?a=b'],
  ['content-digest', contentDigest(body)],
  ['content-type', 'application/json'],
  ['idempotency-key', POST.idempotencyKey],
];
const PARAMETERS = `;created=1764000000;nonce="b00t.1";keyid="${key.keyId}";tag="holdfast-device-v1"`;

const refusal = (result: VerifiedRequest): string => (result.kind === 'refused' ? result.code : result.kind);

describe('an honest request', () => {
  test('verifies, and says who made it', () => {
    const expected = { kind: 'ok', keyId: key.keyId, created: 1_764_000_000 };
    expect(receive(sent(POST))).toEqual({ ...expected, nonce: 'b00t.1' });
    expect(receive(sent(GET))).toEqual({ ...expected, nonce: 'b00t.2' });
    expect(receive(sent({ ...GET, method: 'HEAD', ifNoneMatch: undefined })).kind).toBe('ok');
    expect(receive(sent({ ...POST, method: 'DELETE', body: undefined, contentType: undefined })).kind).toBe(
      'ok',
    );
  });

  test('has the headers of the profile', () => {
    const headers = signRequest(POST);
    expect(headers).toMatchObject({
      'content-digest': contentDigest(body),
      'content-type': 'application/json',
      'idempotency-key': POST.idempotencyKey,
      'signature-input':
        'sig1=("@method" "@authority" "@path" "@query" "content-digest" "content-type" "idempotency-key")' +
        PARAMETERS,
    });
    expect(Object.keys(signRequest({ ...GET, ifNoneMatch: undefined }))).toEqual([
      'signature-input',
      'signature',
    ]);
    expect(keyIdOfRequest((name) => headers[name])).toBe(key.keyId);
    expect(keyIdOfRequest(() => undefined)).toBeUndefined();
    expect(keyIdOfRequest(() => 'nonsense')).toBeUndefined();
  });

  test('may list components and parameters in any order, and name the host in capitals', () => {
    const parameters = `;tag="holdfast-device-v1";keyid="${key.keyId}";created=1764000000;nonce="b00t.1"`;
    const headers = signedAs([...COMPONENTS].reverse(), parameters);
    expect(receive(withHeaders(sent(POST), headers)).kind).toBe('ok');
    expect(receive({ ...sent(POST), authority: 'Hub.Example:8443' }).kind).toBe('ok');
  });

  test('verifies whatever it says, and no byte of it can be changed', () => {
    const text = fc.stringMatching(/^[a-zA-Z0-9/._~%-]{0,20}$/);
    fc.assert(
      fc.property(text, text, fc.uint8Array(), fc.nat(), (path, query, bytes, seq) => {
        const request = sent({
          ...POST,
          path: `/${path}`,
          query: query && `?${query}`,
          body: bytes,
          nonce: `b.${seq}`,
        });
        expect(receive(request).kind).toBe('ok');
        expect(receive({ ...request, path: `${request.path}x` }).kind).toBe('refused');
        expect(receive({ ...request, query: `${request.query || '?'}x` }).kind).toBe('refused');
        expect(receive({ ...request, body: Buffer.concat([bytes, Buffer.from('x')]) }).kind).toBe('refused');
      }),
    );
  });
});

describe('a changed request', () => {
  const post = sent(POST);
  const changed: [string, Sent][] = [
    ['method', { ...post, method: 'PUT' }],
    ['method in small letters', { ...post, method: 'post' }],
    ['method to one of another shape', { ...post, method: 'GET', body: Buffer.alloc(0) }],
    ['method outside the profile', { ...post, method: 'OPTIONS' }],
    ['path', { ...post, path: '/api/v1/sync' }],
    ['query', { ...post, query: '?a=c' }],
    ['query dropped', { ...post, query: '' }],
    ['query moved into the path', { ...post, path: '/api/v1/transactions/batch?a=b', query: '' }],
    ['authority', { ...post, authority: 'evil.example:8443' }],
    ['port', { ...post, authority: 'hub.example' }],
    ['body, digest kept', { ...post, body: Buffer.from('{"amount":"99.50"}') }],
    [
      'body and its digest',
      withHeaders({ ...post, body: Buffer.from('x') }, { 'content-digest': contentDigest(Buffer.from('x')) }),
    ],
    ['digest of another body', withHeaders(post, { 'content-digest': contentDigest(Buffer.from('x')) })],
    ['digest of SHA-512 alone', withHeaders(post, { 'content-digest': `sha-512=:${'A'.repeat(86)}==:` })],
    ['digest removed', withHeaders(post, { 'content-digest': undefined })],
    ['idempotency key', withHeaders(post, { 'idempotency-key': 'another' })],
    ['idempotency key removed', withHeaders(post, { 'idempotency-key': undefined })],
    ['content type', withHeaders(post, { 'content-type': 'text/plain' })],
    ['If-None-Match', withHeaders(sent(GET), { 'if-none-match': '"other"' })],
    ['If-None-Match removed', withHeaders(sent(GET), { 'if-none-match': undefined })],
    [
      'If-None-Match added',
      withHeaders(sent({ ...GET, ifNoneMatch: undefined }), { 'if-none-match': '"x"' }),
    ],
    ['body added to a GET', { ...sent(GET), body }],
  ];

  test.each(changed)('%s: refused', (_, request) => {
    expect(refusal(receive(request))).toBe('invalid_signature');
  });
});

describe('a header given twice', () => {
  const names = ['signature-input', 'signature', 'content-digest', 'content-type', 'idempotency-key'];
  test.each(names)('%s: refused', (name) => {
    const request = sent(POST);
    const value = must(request.headers[name], 'the header is sent');
    expect(refusal(receive(withHeaders(request, { [name]: `${value}, ${value}` })))).toBe(
      'invalid_signature',
    );
  });

  test('signed in its joined form it is refused all the same', () => {
    const doubled = COMPONENTS.map(([name, value]): [string, string] =>
      name === 'idempotency-key' ? [name, `${value}, ${value}`] : [name, value],
    );
    const headers = {
      ...signedAs(doubled, PARAMETERS),
      'idempotency-key': `${POST.idempotencyKey}, ${POST.idempotencyKey}`,
    };
    expect(refusal(receive(withHeaders(sent(POST), headers)))).toBe('invalid_signature');
  });
});

describe('a signature of another shape, though by the right key', () => {
  const shapes: [string, Record<string, string>][] = [
    ['alg named', signedAs(COMPONENTS, `${PARAMETERS};alg="ed25519"`)],
    ['a further parameter', signedAs(COMPONENTS, `${PARAMETERS};expires=1764000300`)],
    ['another tag', signedAs(COMPONENTS, PARAMETERS.replace('device-v1', 'device-v2'))],
    ['no tag', signedAs(COMPONENTS, PARAMETERS.replace(';tag="holdfast-device-v1"', ''))],
    ['no nonce', signedAs(COMPONENTS, PARAMETERS.replace(';nonce="b00t.1"', ''))],
    ['no created', signedAs(COMPONENTS, PARAMETERS.replace(';created=1764000000', ''))],
    ['created as a decimal', signedAs(COMPONENTS, PARAMETERS.replace('1764000000', '1764000000.0'))],
    ['created negative', signedAs(COMPONENTS, PARAMETERS.replace('1764000000', '-1'))],
    ['created as text', signedAs(COMPONENTS, PARAMETERS.replace('1764000000', '"1764000000"'))],
    ['created twice', signedAs(COMPONENTS, `;created=1${PARAMETERS}`)],
    ['a nonce without a sequence', signedAs(COMPONENTS, PARAMETERS.replace('b00t.1', 'b00t'))],
    ['a nonce with a leading zero', signedAs(COMPONENTS, PARAMETERS.replace('b00t.1', 'b00t.01'))],
    ['a nonce of four parts', signedAs(COMPONENTS, PARAMETERS.replace('b00t.1', 'b00t.1.a.b'))],
    ['an extra component', signedAs([...COMPONENTS, ['date', 'x']], PARAMETERS)],
    ['a component twice', signedAs([...COMPONENTS, ['@method', 'POST']], PARAMETERS)],
    [
      'a component with a parameter',
      signedAs([['@method";req', 'POST'], ...COMPONENTS.slice(1)], PARAMETERS),
    ],
    ['nothing covered', signedAs([], PARAMETERS)],
    ...COMPONENTS.map(([name], i): [string, Record<string, string>] => [
      `${name} not covered`,
      signedAs(COMPONENTS.toSpliced(i, 1), PARAMETERS),
    ]),
  ];

  test.each(shapes)('%s: refused', (_, headers) => {
    expect(refusal(receive(withHeaders(sent(POST), headers)))).toBe('invalid_signature');
  });

  test('the same by hand in the shape of the profile passes', () => {
    expect(receive(withHeaders(sent(POST), signedAs(COMPONENTS, PARAMETERS))).kind).toBe('ok');
  });
});

describe('labels and encodings', () => {
  const good = signRequest(POST);
  const input = must(good['signature-input'], 'signed');
  const signature = must(good.signature, 'signed');
  const base64 = signature.slice('sig1=:'.length, -1);
  const edits: [string, Record<string, string | undefined>][] = [
    ['two labels', { 'signature-input': `${input}, ${input.replace('sig1', 'sig2')}` }],
    [
      'two labels, both signed',
      {
        'signature-input': `${input}, ${input.replace('sig1', 'sig2')}`,
        signature: `${signature}, ${signature.replace('sig1', 'sig2')}`,
      },
    ],
    ['two signatures', { signature: `${signature}, ${signature.replace('sig1', 'sig2')}` }],
    ['the same label twice, a forged one first', { 'signature-input': `sig1=(), ${input}` }],
    [
      'another label',
      {
        'signature-input': input.replace('sig1', 'sig2'),
        signature: signature.replace('sig1', 'sig2'),
      },
    ],
    ['a label that is no list', { 'signature-input': 'sig1="x"' }],
    ['other white space', { 'signature-input': input.replace('" "', '"  "') }],
    ['a Signature-Input without end', { 'signature-input': input.slice(0, 40) }],
    ['a very long Signature-Input', { 'signature-input': `${input};x="${'a'.repeat(5000)}"` }],
    ['no Signature-Input', { 'signature-input': undefined }],
    ['no Signature', { signature: undefined }],
    ['63 bytes', { signature: `sig1=:${Buffer.from(base64, 'base64').subarray(1).toString('base64')}:` }],
    [
      '65 bytes',
      {
        signature: `sig1=:${Buffer.concat([Buffer.from(base64, 'base64'), Buffer.of(0)]).toString('base64')}:`,
      },
    ],
    ['base64url', { signature: `sig1=:${Buffer.from(base64, 'base64').toString('base64url')}:` }],
    ['padding left out', { signature: `sig1=:${base64.replace(/=/g, '')}:` }],
    [
      'stray bits in the last character',
      {
        signature: `sig1=:${base64.slice(0, 85)}${String.fromCharCode(base64.charCodeAt(85) + 1)}==:`,
      },
    ],
    ['a parameter on the signature', { signature: `${signature};a=1` }],
    ['a line feed in a header', { 'idempotency-key': `${POST.idempotencyKey}\n"@path": /other` }],
    ['a control character in a header', { 'content-type': 'application/json\u0000' }],
    ['a letter outside ASCII', { 'idempotency-key': 'nyckel-å' }],
  ];

  test.each(edits)('%s: refused', (_, change) => {
    expect(refusal(receive(withHeaders(sent(POST), change)))).toBe('invalid_signature');
  });

  test('arbitrary header values are refused and throw nothing', () => {
    const name = fc.constantFrom(
      'signature-input',
      'signature',
      'content-digest',
      'content-type',
      'idempotency-key',
    );
    fc.assert(
      fc.property(name, fc.string({ unit: 'binary' }), (header, value) => {
        fc.pre(value !== good[header]);
        expect(refusal(receive(withHeaders(sent(POST), { [header]: value })))).toBe('invalid_signature');
      }),
    );
  });
});

describe('time', () => {
  const at = (offsetMs: number): string => refusal(receive({ ...sent(POST), nowMs: nowMs + offsetMs }));

  test('a copy passes for 300 s, and the clock may differ by as much', () => {
    expect([0, LIMITS.signatureAgeMs, -LIMITS.signatureAgeMs].map(at)).toEqual(['ok', 'ok', 'ok']);
  });

  test('replayed at 301 s, or a clock that far behind, ahead or wild: told to sync', () => {
    const tenYears = 10 * 365 * 86_400_000;
    const told = [301_000, -301_000, tenYears, -tenYears].map(at);
    expect(told).toEqual(['clock_skew', 'clock_skew', 'clock_skew', 'clock_skew']);
  });

  test('a stranger is not told of the clock', () => {
    const request = { ...sent({ ...POST, createdSeconds: 5 }), body: Buffer.from('x') };
    expect(refusal(receive(request))).toBe('invalid_signature');
    expect(refusal(receive(sent({ ...POST, createdSeconds: 5 }), [other]))).toBe('invalid_signature');
  });
});

describe('server nonces', () => {
  const nonceFor = (keyId: string, atMs = nowMs): string =>
    createServerNonce({ macKey, nowMs: atMs, random: systemRandom, keyId });
  const withNonce = (serverNonce: string, createdSeconds = 5): Sent =>
    sent({ ...POST, createdSeconds, nonce: `b00t.1.${serverNonce}` });

  test('a good one stands in for a clock that is years behind', () => {
    const serverNonce = nonceFor(key.keyId);
    expect(receive(withNonce(serverNonce))).toEqual({
      kind: 'ok',
      keyId: key.keyId,
      nonce: `b00t.1.${serverNonce}`,
      serverNonce,
      created: 5,
    });
  });

  test('a forged, expired or foreign one is refused, also when the clock is right', () => {
    for (const bad of ['A'.repeat(64), 'x', nonceFor(key.keyId, nowMs - 301_000), nonceFor(other.keyId)]) {
      expect(refusal(receive(withNonce(bad)))).toBe('nonce_used');
      expect(refusal(receive(withNonce(bad, nowMs / 1000)))).toBe('nonce_used');
    }
  });

  test('where none are given out, none are taken', () => {
    const request = withNonce(nonceFor(key.keyId));
    const result = verifyRequest({
      ...request,
      headers: (name) => request.headers[name],
      lookUpKey: () => key.publicKey,
      verifier,
    });
    expect(refusal(result)).toBe('nonce_used');
  });
});

describe('keys', () => {
  test('an unknown key and another key of the same name are refused', () => {
    expect(refusal(receive(sent(POST), [other]))).toBe('invalid_signature');
    const swapped = sent(POST);
    const input = must(swapped.headers['signature-input'], 'signed').replace(key.keyId, other.keyId);
    expect(refusal(receive(withHeaders(swapped, { 'signature-input': input })))).toBe('invalid_signature');
  });

  test('a record that holds another key than its name is refused, even when it verifies', () => {
    const forged = { ...POST, key: { ...other, keyId: key.keyId, sign: other.sign } };
    const request = sent(forged);
    const result = verifyRequest({
      ...request,
      headers: (name) => request.headers[name],
      lookUpKey: () => other.publicKey,
      verifier,
    });
    expect(result).toMatchObject({ kind: 'refused', code: 'invalid_signature' });
  });

  test('an unknown key costs one verification, as a known one does', () => {
    const verified: string[] = [];
    const counting = {
      verify(...args: Parameters<typeof verifier.verify>): boolean {
        verified.push(keyIdOf(args[0]));
        return verifier.verify(...args);
      },
    };
    const request = sent(POST);
    for (const found of [undefined, new Uint8Array(3), key.publicKey]) {
      verifyRequest({
        ...request,
        headers: (name) => request.headers[name],
        lookUpKey: () => found,
        verifier: counting,
      });
    }
    expect(verified).toHaveLength(3);
  });
});

describe('what cannot be signed fails an assertion', () => {
  const bad: [string, RequestToSign][] = [
    ['a body on GET', { ...GET, body }],
    ['no idempotency key', { ...POST, idempotencyKey: undefined }],
    ['a body without a type', { ...POST, contentType: undefined }],
    ['a line feed in the key', { ...POST, idempotencyKey: 'a\r\nx-evil: 1' }],
    ['a line feed in the type', { ...POST, contentType: 'a/b\r\nx-evil: 1' }],
    ['a line feed in the path', { ...POST, path: '/a\nb' }],
    ['a relative path', { ...POST, path: 'a' }],
    ['a query without its mark', { ...POST, query: 'a=b' }],
    ['a fragment', { ...POST, path: '/a#b' }],
    ['an unencoded letter', { ...POST, path: '/å' }],
    ['an ETag with a line feed', { ...GET, ifNoneMatch: '"a"\n' }],
    ['a nonce of one part', { ...POST, nonce: 'x' }],
    ['a quote in the nonce', { ...POST, nonce: 'b".1' }],
    ['half a second', { ...POST, createdSeconds: 1.5 }],
    ['a method outside the profile', { ...POST, method: 'TRACE' }],
  ];
  test.each(bad)('%s', (_, request) => {
    expect(() => signRequest(request)).toThrow();
  });
});
