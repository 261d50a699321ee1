import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError, must, systemPorts } from '@holdfast/base';
import type { BatchAnswer, Problem } from '@holdfast/protocol';
import { createLogger, loadOptions } from '@holdfast/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NDJSON } from './api/testing-device.ts';
import { startTestHub } from './api/testing-hub.ts';
import { hubOptions } from './config/options.ts';
import { type RunningHub, startHub } from './start.ts';

const logger = createLogger({ level: 'silent', service: 'test' });
let folder: string;
const running: RunningHub[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-start-'));
});

afterEach(async () => {
  for (const hub of running.splice(0)) await hub.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(
  flags: Record<string, string> = {},
  signal = new AbortController().signal,
): Promise<RunningHub> {
  const options = loadOptions(hubOptions, { env: {}, flags: { '--data': folder, '--port': '0', ...flags } });
  const hub = await startHub({ options, ports: systemPorts, logger, signal });
  running.push(hub);
  return hub;
}

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'started',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
}

async function ask(hub: RunningHub, path: string): Promise<Response> {
  return fetch(`${hub.url}${path}`, { headers: { authorization: `Bearer ${hub.operatorToken}` } });
}

/** The answer once it is one with `status`. */
async function eventually(status: number, get: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await get();
    if (answer.status === status) return answer;
    await answer.arrayBuffer();
    await systemPorts.timers.sleep(50);
  }
}

describe('a hub without a database of its own', () => {
  test('runs one, keeps its identity over a restart, and says so when asked', async () => {
    const first = await start();
    const token = (await readFile(join(folder, 'api-token'), 'utf8')).trim();
    expect(token).toBe(first.operatorToken);
    expect((await stat(join(folder, 'api-token'))).mode & 0o777).toBe(0o600);
    const tenants = 'SELECT tenant_id, name, hub_key_certificate FROM tenant';
    const before = await first.context.pool.query(tenants);
    expect(before.rows).toMatchObject([{ name: 'default' }]);
    await first.close();
    await first.close();
    await expect(fetch(`${first.url}/health`)).rejects.toThrow();
    const second = await start();
    expect(second.operatorToken).toBe(token);
    expect((await second.context.pool.query(tenants)).rows).toEqual(before.rows);
  });

  test('starts PostgreSQL again when it is killed, and answers 503 in between', async () => {
    const hub = await start();
    expect((await ask(hub, '/api/v1/devices')).status).toBe(200);
    process.kill(must(hub.context.postgres, 'the hub runs PostgreSQL').pid, 'SIGKILL');
    const refused = await eventually(503, () => ask(hub, '/api/v1/devices'));
    expect(((await refused.json()) as Problem).code).toBe('hub_unavailable');
    const down = await eventually(503, () => fetch(`${hub.url}/health`));
    expect(await down.json()).toMatchObject({
      status: 'unavailable',
      service: 'hub',
      database: 'unreachable',
    });
    await eventually(200, () => ask(hub, '/api/v1/devices'));
    const up = await eventually(200, () => fetch(`${hub.url}/health`));
    expect(await up.json()).toMatchObject({ status: 'ok', service: 'hub', database: 'ok' });
  });

  test('has its data folder for itself, and gives it back', async () => {
    const stop = new AbortController();
    const hub = await start({}, stop.signal);
    const second = start({ '--port': '0' });
    stop.abort();
    await hub.close();
    expect(await codeOf(second)).toBe('started');
  });
});

describe('a hub refuses to start', () => {
  test('with half of TLS, and on the network without it', async () => {
    expect(await codeOf(start({ '--tls-cert': '/nowhere/cert.pem' }))).toBe('config_invalid');
    expect(await codeOf(start({ '--tls-cert': '/nowhere/a', '--tls-key': '/nowhere/b' }))).toBe(
      'config_invalid',
    );
    expect(await codeOf(start({ '--host': '0.0.0.0' }))).toBe('config_invalid');
  });

  test('on a port that is taken, and leaves nothing behind', async () => {
    const hub = await startTestHub();
    const databaseUrl = must(hub.hub.context.settings.databaseUrl, 'a test hub has a database');
    const port = String(hub.hub.port);
    const other = { '--database-url': databaseUrl, '--port': port };
    // Another folder has no keys for this database, and makes none.
    expect(await codeOf(start(other))).toBe('hub_key_missing');
    expect(await codeOf(start())).toBe('started');
    await running[0]?.close();
    // Nor does it work on it with keys of its own.
    expect(await codeOf(start(other))).toBe('key_wrong');
    await hub.close();
    running.splice(0);
    expect(await codeOf(start())).toBe('started');
    const [mine] = running;
    const folderBefore = folder;
    folder = `${folderBefore}-second`;
    expect(await codeOf(start({ '--port': String(mine?.port) }))).toBe('port_in_use');
    await rm(folder, { recursive: true, force: true });
    folder = folderBefore;
  });
});

describe('a hub that is told to stop while it waits for PostgreSQL', () => {
  async function stopped(flags: Record<string, string>): Promise<{ error: unknown; reason: unknown }> {
    const stop = new AbortController();
    const starting = start(flags, stop.signal).catch((error: unknown) => error);
    systemPorts.timers.after(300, () => stop.abort());
    return { error: await starting, reason: stop.signal.reason };
  }

  test('ends, with a server that does not answer', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? must(address, 'it listens').port : 0;
    const { error, reason } = await stopped({ '--database-url': `postgres://a:b@127.0.0.1:${port}/c` });
    silent.close();
    expect(error).toBe(reason);
  });

  test('ends, with one of its own that is being made, and leaves it usable', async () => {
    const { error, reason } = await stopped({});
    if (error !== reason) throw error;
    expect(await codeOf(start())).toBe('started');
  });
});

test('a hub whose database drops every connection answers, and books nothing twice', async () => {
  const hub = await startTestHub();
  const device = await hub.enrolled();
  const { pool } = hub.hub.context;
  const upload = () =>
    device.send({
      method: 'POST',
      path: '/api/v1/transactions/batch',
      body: device.batch(),
      contentType: NDJSON,
    });
  for (let i = 0; i < 20; i += 1) {
    device.sell('1.00');
    const cut = pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    const answer = await upload();
    expect([200, 503]).toContain(answer.status);
    await answer.arrayBuffer();
    await cut;
  }
  const last = (await (await eventually(200, upload)).json()) as BatchAnswer;
  expect(last).toMatchObject({ answer: 'acked', ack: { acked_seq: 20 }, quarantined: [] });
  const { rows } = await pool.query(
    'SELECT count(*) AS bookings, sum(amount_minor)::bigint AS sum FROM booking',
  );
  expect(rows).toEqual([{ bookings: 20n, sum: 2000n }]);
  await hub.close();
});
