import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { fetchTransport } from '@holdfast/client';
import { type HttpStep, loadDefinition, type Program } from '@holdfast/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { PAYMENT_STATE } from './functions/fields.ts';
import { createFunctionSet } from './functions/index.ts';
import { callHttp, type HttpCallOptions } from './http-call.ts';

const closing: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of closing.splice(0)) each.close();
});

async function portOf(server: Pick<Server, 'listen' | 'once' | 'address' | 'close'>): Promise<number> {
  closing.push(server);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', () => resolve(null)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address.port;
}

const serve = (listener: RequestListener) => portOf(createServer(listener));

/** Calls a step of that YAML with `{{state.…}}` filled in. */
async function call(
  yaml: string,
  port: number,
  more: Partial<HttpCallOptions> & { timeoutMs?: number } = {},
) {
  const { timeoutMs = 2_000, ...options } = more;
  const { program, step } = compile(yaml.replaceAll('PORT', String(port)));
  return await callHttp(
    {
      ...{ program, step, block: '', key: 'key-1', timeoutMs, signal: new AbortController().signal },
      scope: { state: { amount: '12.00', note: 'a "b"' }, locals: {}, currency: 'SEK', nowMs: 0 },
    },
    {
      transport: fetchTransport,
      hosts: new Set([`127.0.0.1:${port}`]),
      secretOf: (name) => (name === 'TOKEN' ? 's3cret' : undefined),
      ...options,
    },
  );
}

function compile(request: string): { program: Program; step: HttpStep } {
  const text = `workflow_type: Call\nstate: { amount: money, note: string, table: string? }\nsteps:\n  - name: Call\n    type: HTTP\n${request}`;
  const loaded = loadDefinition(text, {
    functions: createFunctionSet().table,
    models: new Map(),
    defaultModel: PAYMENT_STATE,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const step = loaded.program.blocks.get('')?.steps.get('Call');
  if (step?.type !== 'HTTP') throw new Error('the step sends a request');
  return { program: loaded.program, step };
}

const GET = '    url: "http://127.0.0.1:PORT/a"\n';
const POST = `${GET}    method: POST\n`;

describe('a request', () => {
  it('carries the key, what its templates say, and the secrets it names', async () => {
    const seen: { request: IncomingMessage; body: string }[] = [];
    const port = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      seen.push({ request, body });
      response.setHeader('content-type', 'application/json; charset=utf-8').setHeader('set-cookie', 'a=b');
      response.end('{"ok":[1]}');
    });
    const result = await call(
      `${POST}    headers: { Authorization: "Bearer {{secrets.TOKEN}}" }
    query_params: { note: "{{state.note}}&x" }
    body: { amount: "{{state.amount}}", list: [1, "n {{state.note}}"], nothing: null }
`,
      port,
    );
    expect(result).toMatchObject({ kind: 'ok', output: { body: { ok: [1] }, status_code: 200 } });
    expect(result).toMatchObject({
      output: { headers: { 'content-type': 'application/json; charset=utf-8' } },
    });
    expect(JSON.stringify(result)).not.toMatch(/set-cookie|s3cret/);
    expect(seen[0]?.request.headers).toMatchObject({
      'idempotency-key': 'key-1',
      authorization: 'Bearer s3cret',
      'content-type': 'application/json',
    });
    expect(seen[0]?.request.url).toBe('/a?note=a+%22b%22%26x');
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ amount: '12.00', list: [1, 'n a "b"'], nothing: null });
  });

  it.each([
    [GET.replace('127.0.0.1', 'localhost'), 'host_not_allowed'],
    ['    url: "{{state.note}}"\n', 'bad_url'],
    [GET.replace('127.0.0.1', 'kim:pw@127.0.0.1'), 'bad_url'],
    [`${GET}    headers: { a: "{{secrets.OTHER}}" }\n`, 'secret_missing'],
    [`${GET}    headers: { a: "{{state.table}}" }\n`, 'input_missing'],
    [`${GET}    body: { a: 1 }\n`, 'bad_body'],
  ])('is not made of %s', async (yaml, code) => {
    let requests = 0;
    const port = await serve((_, response) => {
      requests += 1;
      response.end();
    });
    expect(await call(yaml, port)).toMatchObject({ kind: 'failed', code, final: true });
    expect(requests).toBe(0);
  });

  it('does not tell a secret in what it says', async () => {
    const secret = { secretOf: () => 'p\nw' };
    const result = await call(`${GET}    headers: { a: "{{secrets.TOKEN}}" }\n`, 1, {
      ...secret,
      hosts: new Set(['127.0.0.1:1']),
    });
    expect(result).toMatchObject({ code: 'bad_header' });
    expect(JSON.stringify(result)).not.toContain('p\\nw');
    const host = '    url: "http://{{secrets.TOKEN}}.example/"\n';
    const refused = await call(host, 1, { secretOf: () => 'hush' });
    expect(refused).toMatchObject({ code: 'host_not_allowed' });
    expect(JSON.stringify(refused)).not.toContain('hush');
  });
});

/** What cannot be written again, though it can be read. */
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe('an answer', () => {
  it.each([
    [204, 'ok', undefined, undefined],
    [301, 'failed', 'http_301', true],
    [404, 'failed', 'http_404', true],
    [408, 'failed', 'http_408', undefined],
    [429, 'failed', 'http_429', undefined],
    [503, 'failed', 'http_503', undefined],
  ])('of %i is %s', async (status, kind, code, final) => {
    const port = await serve((_, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    });
    const result = await call(POST, port);
    expect(result.kind).toBe(kind);
    if (result.kind === 'failed') expect([result.code, result.final]).toEqual([code, final]);
  });

  it.each([
    ['text/plain', 'hello', 'hello'],
    ['application/problem+json', '{"a":1}', { a: 1 }],
    ['application/json', '{"a":', '{"a":'],
    ['text/plain', '', null],
    ['application/json', DEEP, DEEP],
    ['application/json', '{"a":1e999}', '{"a":1e999}'],
    ['application/json', '"\\ud800"', '"\\ud800"'],
  ])('of %s is taken as it is', async (type, text, body) => {
    const port = await serve((_, response) => response.setHeader('content-type', type).end(text));
    expect(await call(`${GET}    includes: [body]\n`, port)).toEqual({ kind: 'ok', output: { body } });
  });

  it('that is too large is none: unknown after a POST, failed after a GET', async () => {
    const port = await serve((_, response) => response.end('x'.repeat(262_145)));
    expect(await call(POST, port)).toMatchObject({ kind: 'unknown' });
    expect(await call(GET, port)).toMatchObject({ kind: 'failed', code: 'bad_answer' });
    const small = await serve((_, response) => response.end('x'.repeat(262_144)));
    expect((await call(GET, small)).kind).toBe('ok');
  });
});

describe('no answer', () => {
  it('in time is unknown after a POST, and a failure after a GET', async () => {
    const port = await serve(() => undefined);
    expect(await call(POST, port, { timeoutMs: 150 })).toMatchObject({ kind: 'unknown' });
    expect(await call(GET, port, { timeoutMs: 150 })).toMatchObject({ kind: 'failed', code: 'timed_out' });
  });

  it('after the request was read is unknown after a POST', async () => {
    const port = await serve((request) => request.socket.destroy());
    expect(await call(POST, port)).toMatchObject({ kind: 'unknown' });
    expect(await call(GET, port)).toMatchObject({ kind: 'failed', code: 'unreachable' });
  });

  it('because nobody listens is a failure, whatever the method', async () => {
    const server = createTcpServer();
    const port = await portOf(server as unknown as Server); // The members that are used are those of both.
    server.close();
    expect(await call(POST, port)).toMatchObject({ kind: 'failed', code: 'unreachable' });
  });

  it('because there is no such host is a failure', async () => {
    const hosts = new Set(['nowhere.invalid']);
    const result = await call(POST.replace('127.0.0.1:PORT', 'nowhere.invalid'), 0, { hosts });
    expect(result).toMatchObject({ kind: 'failed', code: 'unreachable' });
  });
});
