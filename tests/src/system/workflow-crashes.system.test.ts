/**
 * An edge is killed (kill -9) at every point that a workflow with one step of each type passes, and started again: it
 * ends as if nothing had happened, and each effect at a real server was asked for under one key.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, systemTimers } from '@holdfast/base';
import { lintDefinitions } from '@holdfast/edge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EdgeChild, spawnEdge } from '../support/edge-child.ts';
import { connectTo, type HttpAnswer, type HttpConnection } from '../support/http-connection.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { ALL_TYPES, allTypes } from './all-types.ts';
import { CRASH_PLAN } from './crash-points.ts';

const ENTRY = fileURLToPath(new URL('./crashing-edge-process.ts', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../../examples/workflows/all-types.yaml', import.meta.url));
const TIMEOUT_MS = 600_000;
const LOOK_MS = 5;
/** A process that has come to its point is gone long before. */
const GONE_MS = 30_000;

/** By key, what the server was asked for, on whose behalf, and in which words. */
type Effect = { what: string; reference: string; texts: Set<string> };
const effects = new Map<string, Effect>();
/** The workflow that is under way: devices are not told on whose behalf they work. */
let current = '';
let server: Server;
let url = '';

beforeEach(async () => {
  effects.clear();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const key = String(request.headers['idempotency-key']);
      if (request.method === 'GET') response.statusCode = effects.has(key) ? 200 : 404;
      else note(key, { what: String(request.url), text: Buffer.concat(chunks).toString() });
      response.setHeader('content-type', 'application/json').end('{"done":true}');
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', () => resolve(null)));
  const address = server.address();
  url = `http://127.0.0.1:${address !== null && typeof address !== 'string' ? address.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function note(key: string, { what, text }: { what: string; text: string }): void {
  const effect = effects.get(key) ?? { what, reference: current, texts: new Set() };
  effect.texts.add(`${what} ${text}`);
  effects.set(key, effect);
}

type Shop = { folder: string; spawn(plan: { at: string; from: string }): EdgeChild; passed(): string[] };

/** An edge that holds the definitions; each process it is given writes down which points it passes. */
function openShop(folder: string): Shop {
  const file = join(folder, 'points');
  mkdirSync(join(folder, 'workflows'), { recursive: true });
  for (const [name, text] of Object.entries(allTypes(url)))
    writeFileSync(join(folder, 'workflows', name), text);
  writeFileSync(file, '');
  return {
    folder,
    passed: () => readFileSync(file, 'utf8').split('\n').slice(0, -1),
    spawn: (plan) => {
      const env = { [CRASH_PLAN]: JSON.stringify({ ...plan, file, devices: url }) };
      return spawnEdge({ cacheFolder: join(folder, 'cache'), entry: ENTRY, env });
    },
  };
}

/** Starts the edge and lets `use` work with it; undefined when its process ends meanwhile. */
async function live<T>(
  shop: Shop,
  child: EdgeChild,
  use: (connection: HttpConnection) => Promise<T>,
): Promise<T | undefined> {
  const flags = {
    '--data': join(shop.folder, 'edge'),
    '--port': '0',
    '--workflow-folder': join(shop.folder, 'workflows'),
    '--workflow-http-hosts': new URL(url).host,
  };
  const started = await child.start({ flags });
  if (started.kind === 'ended') return undefined;
  const connection = connectTo({ url: started.url, token: started.apiToken });
  try {
    return await use(connection);
  } catch (error) {
    const { code, stderr } = await child.ended;
    // Killed by itself, it has no code; any other end is a failure of its own.
    if (code !== null) throw new Error(`The edge ended with ${code}: ${stderr}`, { cause: error });
    return undefined;
  } finally {
    connection.close();
  }
}

type Detail = { status: string; state: Record<string, unknown>; instance_id: string; step: string };
type End = { status: string; state: string; effects: string[]; sales: number };

/** Starts the workflow, answers what it asks, and waits until all of it has ended. */
async function drive(connection: HttpConnection, reference: string): Promise<End> {
  current = reference;
  const input = { customer_reference: reference, amount: '60.00', currency: 'SEK', tags: ['a', 'b'] };
  const path = `/edge/workflows/${ALL_TYPES}`;
  const start = {
    method: 'POST',
    path,
    headers: { 'idempotency-key': reference },
    body: JSON.stringify(input),
  } as const;
  await untilLoaded(connection);
  const begun = await connection.request(start);
  const { instance_id } = read<Detail>(begun);
  for (let isAsked = false; ; ) {
    const detail = read<Detail>(await get(connection, `/edge/workflows/${instance_id}`));
    if (detail.step === 'Ask' && detail.status === 'waiting' && !isAsked) {
      isAsked = true;
      const signal = `/edge/workflows/${instance_id}/signals/ask`;
      read(await connection.request({ method: 'POST', path: signal, body: '{"agreed":true}' }));
    }
    const { open } = read<{ open: unknown[] }>(await get(connection, '/edge/workflows?limit=1'));
    if (open.length === 0) return await endOf(connection, reference, detail);
    await systemTimers.sleep(LOOK_MS);
  }
}

/** What is loaded while a workflow runs would be among the points that it passes. */
async function untilLoaded(connection: HttpConnection): Promise<void> {
  const wanted = Object.keys(allTypes(url)).length;
  for (;;) {
    const { definitions } = read<{ definitions: unknown[] }>(
      await get(connection, '/edge/workflow-definitions'),
    );
    if (definitions.length === wanted) return;
    await systemTimers.sleep(LOOK_MS);
  }
}

async function endOf(connection: HttpConnection, reference: string, { instance_id }: Detail): Promise<End> {
  const { status, state } = read<Detail>(await get(connection, `/edge/workflows/${instance_id}`));
  const listed = await get(connection, '/edge/transactions?limit=1000');
  const { transactions } = read<{ transactions: { customer_reference: string }[] }>(listed);
  const { edge_transaction_id: _, seq: __, receipt_code: ___, ...same } = state;
  const own = [...effects.values()].filter((effect) => effect.reference === reference);
  return {
    status,
    state: JSON.stringify(same).replaceAll(reference, 'REFERENCE'),
    effects: own.map(({ what }) => what).sort(),
    sales: transactions.filter(({ customer_reference }) => customer_reference === reference).length,
  };
}

function get(connection: HttpConnection, path: string): Promise<HttpAnswer> {
  return connection.request({ method: 'GET', path });
}

function read<T>({ status, body }: HttpAnswer): T {
  if (status >= 300) throw new Error(`The edge answers with ${status}: ${body}`);
  return JSON.parse(body);
}

/** A point that is planned is come to. */
async function mustEndAt(at: string, { shop, child }: { shop: Shop; child: EdgeChild }): Promise<void> {
  const late = new AbortController();
  const tooLate = systemTimers.sleep(GONE_MS, late.signal).then(() => child.kill());
  await Promise.race([child.ended, tooLate]);
  late.abort();
  expect(shop.passed().at(-1)).toBe(at);
}

/**
 * Where something has changed since the point before, on the disk or at the server. An end at any other leaves what the
 * one before it leaves.
 */
function isNews(point: string, index: number): boolean {
  return index === 0 || point.endsWith(' written') || point.endsWith(' answered');
}

const EFFECTS = ['/Charge', '/Item', '/Item', '/Wire', '/cash', '/print', '/print', '/send', '/send'];

test(
  'killed at each point that it passes, it ends the same, and each effect is there once',
  () =>
    withTempFolder(async (folder) => {
      const shop = openShop(folder);
      const first = shop.spawn({ at: '', from: 'order-0' });
      const whole = must(await live(shop, first, (connection) => drive(connection, 'order-0')), 'it ends');
      await first.kill();
      expect(whole).toMatchObject({ status: 'completed', effects: EFFECTS, sales: 1 });
      const points = shop.passed().filter(isNews);
      expect(points.length).toBeGreaterThan(25);
      const planned = [
        ...points.map((at, index) => ({ at, from: `order-${index + 1}` })),
        { at: '', from: '-' },
      ];
      const waiting = planned.slice(0, 2).map(shop.spawn);
      try {
        for (const [index, { at, from }] of planned.entries()) {
          const child = must(waiting.shift(), 'the next one is loading');
          const later = planned[index + 2];
          if (later !== undefined) waiting.push(shop.spawn(later));
          let before: End | undefined;
          await live(shop, child, async (connection) => {
            // First what the life before has left.
            before = await drive(connection, `order-${index}`);
            if (at !== '') await drive(connection, from);
          });
          expect(before, `killed at ${planned[index - 1]?.at}`).toEqual(whole);
          if (at === '') await child.kill();
          else await mustEndAt(at, { shop, child });
        }
      } finally {
        await Promise.all(waiting.map((child) => child.kill()));
      }
      const twice = [...effects.values()].filter(({ texts }) => texts.size > 1);
      expect(twice).toEqual([]);
    }),
  TIMEOUT_MS,
);

test(
  'definitions that were being loaded when the process was killed are loaded by the next',
  () =>
    withTempFolder(async (folder) => {
      const shop = openShop(folder);
      for (const at of ['workflow_definition 1 submitted', 'workflow_definition 1 written']) {
        const child = shop.spawn({ at, from: '' });
        await live(shop, child, () => child.ended);
        await mustEndAt(at, { shop, child });
      }
      const child = shop.spawn({ at: '', from: '-' });
      const end = await live(shop, child, (connection) => drive(connection, 'order-1'));
      await child.kill();
      expect(end).toMatchObject({ status: 'completed', effects: EFFECTS, sales: 1 });
    }),
  TIMEOUT_MS,
);

test('it has a step of every type that there is', () => {
  const typesOf = (texts: string[]) => {
    const found = new Set<string>();
    for (const loaded of lintDefinitions(texts, ['CoffeePurchase', 'DeliveryPayment']))
      if (loaded.ok)
        for (const { steps } of loaded.program.blocks.values())
          for (const { type } of steps.values()) found.add(type);
    return found;
  };
  const types = typesOf(Object.values(allTypes('http://127.0.0.1:80')));
  expect(types).toEqual(typesOf([readFileSync(EXAMPLE, 'utf8')]));
  expect(types.size).toBe(12);
});
