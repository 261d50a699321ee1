import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, isAppError, must, systemPorts } from '@holdfast/base';
import { createLogger } from '@holdfast/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HubSettings } from './config/settings.ts';
import { type HubContext, openHub } from './context.ts';
import { addSales, batchOf, enrolDevice } from './ingest/testing.ts';
import { startEmbeddedPostgres } from './postgres/embedded.ts';

const logger = createLogger({ level: 'silent', service: 'test' });
const opened: HubContext[] = [];
let parent: string;
let settings: HubSettings;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'holdfast-hub-'));
  await chmod(parent, 0o755);
  const dataFolder = join(parent, 'data', 'hub');
  settings = {
    dataFolder,
    postgresFolder: join(dataFolder, 'postgres'),
    archiveFolder: join(dataFolder, 'archive'),
    host: '127.0.0.1',
    port: 0,
    publicAuthorities: [],
    databaseUrl: undefined,
    tls: undefined,
    insecureLan: false,
  };
});

afterEach(async () => {
  for (const context of opened.splice(0)) await context.close();
  await rm(parent, { recursive: true, force: true });
});

async function open(changes: Partial<HubSettings> = {}): Promise<HubContext> {
  const context = await openHub({
    settings: { ...settings, ...changes },
    ports: systemPorts,
    logger,
    signal: new AbortController().signal,
  });
  opened.push(context);
  return context;
}

async function generationOf(context: HubContext): Promise<string> {
  const { rows } = await context.pool.query<{ value: string }>(
    "SELECT value FROM hub_meta WHERE key = 'generation'",
  );
  return must(rows[0], 'a hub has a generation').value;
}

test('comes back with its generation, its keys and its streams', async () => {
  const first = await open();
  const device = await enrolDevice(first.pool);
  addSales(device, 3);
  const send = (context: HubContext, from: number, to: number) =>
    context.ingest.accept({
      device,
      contentEncoding: undefined,
      raw: batchOf(device, { from, to }),
      receivedAtMs: 0,
    });
  expect((await send(first, 1, 2)).status).toBe(200);
  const generation = await generationOf(first);
  await first.close();
  const second = await open();
  expect(await generationOf(second)).toBe(generation);
  expect(second.keys.macKey).toEqual(first.keys.macKey);
  expect((await send(second, 2, 3)).answer).toMatchObject({
    answer: 'acked',
    ack: { acked_seq: 3, safe_seq: 3 },
  });
});

test('a PostgreSQL that is killed and comes back loses nothing that was acked', async () => {
  // The server belongs to the test, so that it can die and return beneath a running hub.
  const folder = join(parent, 'server');
  let server = await startEmbeddedPostgres({ folder, logger, ports: systemPorts });
  const { port } = new URL(server.url);
  const context = await open({ databaseUrl: server.url });
  const device = await enrolDevice(context.pool);
  addSales(device, 400);
  const send = (from: number, to: number) =>
    context.ingest.accept({
      device,
      contentEncoding: undefined,
      raw: batchOf(device, { from, to }),
      receivedAtMs: 0,
    });
  await send(1, 200);
  const underWay = send(201, 400).catch((error: unknown) => error);
  process.kill(server.pid, 'SIGKILL');
  await server.exited;
  const outcome = await underWay;
  assert(
    isAppError(outcome, 'hub_unavailable') ||
      (typeof outcome === 'object' && outcome !== null && 'answer' in outcome),
    'the batch under way is answered, or its outcome is not known',
  );
  const refused = await send(1, 200).catch((error: unknown) => error);
  expect(isAppError(refused, 'hub_unavailable')).toBe(true);
  server = await startEmbeddedPostgres({ folder, logger, ports: systemPorts, port: Number(port) });
  const again = await send(1, 400);
  expect(again.answer).toMatchObject({ answer: 'acked', ack: { acked_seq: 400 } });
  const { rows } = await context.pool.query('SELECT count(*)::int AS n FROM booking');
  expect(rows).toEqual([{ n: 400 }]);
  await must(opened.pop(), 'the hub is open').close();
  await server.stop();
});
