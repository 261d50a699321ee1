import { connect } from 'node:net';
import { AppError, isUuidV7, systemPorts } from '@holdfast/base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createApi } from './api.ts';
import { type Listener, listen } from './listen.ts';
import { createLogger } from './logger.ts';

type Caller = { kind: 'api'; name: string } | { kind: 'staff' };

const lines: string[] = [];
const logger = createLogger({
  level: 'debug',
  service: 'test',
  destination: { write: (line) => lines.push(line) },
});

const api = createApi<Caller>({
  title: 'Test <API>',
  description: 'For tests.',
  version: '1.2.3',
  logger,
  ports: systemPorts,
  authenticate(request) {
    const header = request.header('authorization');
    if (header === 'Bearer api') return { kind: 'api', name: 'till' };
    if (header === 'Bearer staff') return Promise.resolve({ kind: 'staff' });
    return undefined;
  },
});

const Sale = z.strictObject({ name: z.string(), lines: z.array(z.object({ quantity: z.number().int() })) });

api.route(
  {
    method: 'post',
    path: '/edge/sales',
    summary: 'Takes a sale',
    tags: ['sales'],
    access: ['api', 'staff'],
    body: { schema: Sale, maxBytes: 1000 },
    responses: {
      201: { description: 'Taken.', schema: z.object({ name: z.string() }), headers: { location: 'Where.' } },
    },
    example: { name: 'a', lines: [] },
  },
  ({ body, principal }) => ({ body: { name: body.name, kind: principal.kind }, headers: { location: '/x' } }),
);
api.route(
  {
    method: 'get',
    path: '/edge/sales/{id}',
    summary: 'One sale',
    tags: ['sales'],
    access: ['api'],
    params: z.object({ id: z.uuid() }),
    query: z.strictObject({
      limit: z.coerce.number().int().max(10).optional(),
      tag: z.array(z.string()).optional(),
    }),
    responses: { 200: { description: 'It.' } },
  },
  ({ params, query, principal }) => ({ body: { id: params.id, ...query, name: principal.name } }),
);
api.route(
  {
    method: 'put',
    path: '/files/{name}',
    summary: 'Keeps bytes',
    tags: ['files'],
    access: 'open',
    rawBody: { contentTypes: ['application/octet-stream'], maxBytes: 50_000, description: 'Bytes.' },
    responses: { 204: { description: 'Kept.' } },
  },
  ({ raw }) => ({ headers: { 'x-size': String(raw.byteLength) } }),
);
api.route(
  {
    method: 'get',
    path: '/fail/{how}',
    summary: 'Fails',
    tags: ['files'],
    access: 'open',
    params: z.object({ how: z.string() }),
    responses: { 200: { description: 'Never.' } },
  },
  ({ params }) => {
    if (params.how === 'app')
      throw new AppError('overloaded', undefined, { headers: { 'retry-after': '3' } });
    if (params.how === 'later') return Promise.reject(new Error('the inside'));
    throw new Error('the inside');
  },
);

let server: Listener;
beforeAll(async () => {
  server = await listen(api.app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

function call(path: string, init: RequestInit & { as?: string } = {}): Promise<Response> {
  const { as = 'api', ...rest } = init;
  const headers = new Headers(rest.headers);
  if (as !== '') headers.set('authorization', `Bearer ${as}`);
  if (rest.body !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json');
  return fetch(`${server.url}${path}`, { ...rest, headers });
}

async function problem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body.status).toBe(response.status);
  expect(body.type).toBe(`https://holdfast.dev/errors/${body.code}`);
  expect(isUuidV7(String(body.trace_id))).toBe(true);
  return body;
}

const sale = JSON.stringify({ name: 'a', lines: [{ quantity: 1 }] });

describe('a route', () => {
  test('answers with its lowest success status, no-store and security headers', async () => {
    const response = await call('/edge/sales', { method: 'POST', body: sale });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ name: 'a', kind: 'api' });
    expect(response.headers.get('location')).toBe('/x');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('types and checks path and query, and answers HEAD', async () => {
    const id = '0198c0de-0000-7000-8000-000000000001';
    const response = await call(`/edge/sales/${id}?limit=5&tag=x`);
    expect(await response.json()).toEqual({ id, limit: 5, tag: ['x'], name: 'till' });
    const head = await call(`/edge/sales/${id}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const bad = await problem(await call(`/edge/sales/${id}?limit=50&more=1`));
    expect(bad).toMatchObject({ code: 'invalid_query', errors: [{ pointer: '/limit' }, { pointer: '' }] });
    expect(await problem(await call('/edge/sales/none'))).toMatchObject({ code: 'not_found' });
  });

  test('answers in the same tick when nothing needs waiting', () => {
    const answer = api.app.request('/docs');
    expect(answer).toBeInstanceOf(Response);
    const refused = api.app.request('/edge/sales/x', { headers: { authorization: 'Bearer api' } });
    expect(refused).toBeInstanceOf(Response);
  });
});

describe('access', () => {
  test('without credentials is 401 with WWW-Authenticate, with the wrong kind 403', async () => {
    const response = await call('/edge/sales/x', { as: '' });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await problem(response)).toMatchObject({ code: 'unauthenticated', status: 401 });
    expect(await problem(await call('/edge/sales/x', { as: 'staff' }))).toMatchObject({ code: 'forbidden' });
  });

  test('waits for an authenticator that takes time', async () => {
    const response = await call('/edge/sales', { method: 'POST', body: sale, as: 'staff' });
    expect(await response.json()).toEqual({ name: 'a', kind: 'staff' });
  });
});

describe('bodies', () => {
  const post = async (body: RequestInit['body'], headers: Record<string, string> = {}) =>
    problem(await call('/edge/sales', { method: 'POST', body: body ?? '', headers }));

  test('that are no JSON are malformed_json', async () => {
    expect(await post('{')).toMatchObject({ code: 'malformed_json', status: 400 });
    expect(await post('')).toMatchObject({ code: 'malformed_json' });
    expect(await post(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({ code: 'malformed_json' });
  });

  test('need their content type', async () => {
    expect(await post(sale, { 'content-type': 'text/plain' })).toMatchObject({
      code: 'unsupported_media_type',
    });
    expect(await post(sale, { 'content-type': 'application/json; charset=latin1' })).toMatchObject({
      status: 415,
    });
    const good = await call('/edge/sales', {
      method: 'POST',
      body: sale,
      headers: { 'content-type': 'Application/JSON; charset="UTF-8"' },
    });
    expect(good.status).toBe(201);
  });

  test('that do not fit list at most twenty faults by pointer', async () => {
    const faulty = { name: 1, lines: Array.from({ length: 40 }, () => ({ quantity: 1.5 })) };
    const body = await post(JSON.stringify(faulty), { 'content-type': 'application/json' });
    expect(body).toMatchObject({ code: 'invalid_request', status: 422 });
    expect(body.errors).toHaveLength(20);
    expect(body.errors).toContainEqual(expect.objectContaining({ pointer: '/lines/3/quantity' }));
  });

  test('cannot reach a prototype', async () => {
    for (const name of ['__proto__', '\\u005f_proto__', '\\u005F\\u005fproto__']) {
      const response = await call('/edge/sales', {
        method: 'POST',
        body: `{"name":"a","lines":[],"${name}":{"kind":"root"}}`,
      });
      expect(await response.json()).toEqual({ name: 'a', kind: 'api' });
    }
    expect(({} as Record<string, unknown>).kind).toBeUndefined();
  });

  test('above the limit are 413, announced or chunked', async () => {
    expect(await post('x'.repeat(1001))).toMatchObject({
      code: 'body_too_large',
      status: 413,
      max_bytes: 1000,
    });
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(900)),
    });
    const request = new Request('http://localhost/edge/sales', {
      method: 'POST',
      body: endless,
      headers: { authorization: 'Bearer api', 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit);
    expect(await problem(await api.app.request(request))).toMatchObject({ code: 'body_too_large' });
  });

  test('above the limit are refused on the wire before they are whole', async () => {
    const answer = await exchange([
      'PUT /files/a HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n',
      'content-type: application/octet-stream\r\n\r\n',
      `fa00\r\n${'x'.repeat(0xfa00)}\r\n`,
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  test('reach a raw handler byte for byte', async () => {
    const response = await call('/files/a', {
      method: 'PUT',
      body: new Uint8Array(30_000),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect([response.status, response.headers.get('x-size')]).toEqual([204, '30000']);
  });
});

describe('errors', () => {
  test('of the table keep their headers', async () => {
    const response = await call('/fail/app', { as: '' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3']);
    expect(await problem(response)).toMatchObject({ code: 'overloaded' });
  });

  test('of the program show nothing and are in the log under the trace id', async () => {
    for (const how of ['now', 'later']) {
      const response = await call(`/fail/${how}`, { as: '' });
      const text = await response.clone().text();
      const body = await problem(response);
      expect(body).toMatchObject({ code: 'internal', status: 500 });
      expect(text).not.toMatch(/the inside|stack|\.ts/);
      const line = lines.find((candidate) => candidate.includes(String(body.trace_id)));
      expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'error', err: { message: 'the inside' } });
    }
  });

  test('for unknown paths and methods are problems too', async () => {
    expect(await problem(await call('/nothing'))).toMatchObject({ code: 'not_found' });
    const response = await call('/edge/sales/1', { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await problem(response)).toMatchObject({ code: 'method_not_allowed', status: 405 });
    expect((await call('/edge/sales', { method: 'GET' })).headers.get('allow')).toBe('POST');
  });
});

/** Sends raw pieces and returns what came back until the server closed. */
function exchange(pieces: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(pieces.join('')));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
  });
}
