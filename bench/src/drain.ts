/**
 * The drain: how fast 10,000 sales that were taken offline reach the ledger. A hub with its PostgreSQL, an edge and
 * the load run in processes of their own; the link is held down by the drill. Each round ends with a bare insert of
 * the same rows into the same PostgreSQL.
 */
import { join } from 'node:path';
import { createHubOperatorClient, fetchTransport } from '@holdfast/client';
import pg from 'pg';
import { type Child, startChild } from './child.ts';
import { withFolder } from './folder.ts';
import type { HubReady } from './hub-process.ts';
import { median, percentile, round } from './numbers.ts';
import { log, type Row } from './report.ts';
import { edgeClient, type Load, megabytes, type Server, startEdgeProcess, startLoad } from './sale.ts';
import { createReferenceTable, insertBare, readNewestEntries } from './unnest-insert.ts';
import type { Usage } from './usage.ts';

export type Hub = Child<HubReady, object, Usage>;
type Parts = { hub: Hub; edge: Server; load: Load; database: pg.Client };

const SALES = 10_000;
const LOAD_CLIENTS = 64;
const ROUNDS_MAX = 9;
/** No round starts that would, going by the one before it, end later than this after the start of the process. */
const END_MS = 38_000;
const STORE = { store_id: 'BENCH-1', name: 'Bench', currency: 'SEK', time_zone: 'Europe/Stockholm' };

/** Repeats rounds for about `seconds`, one at least, besides starting and one round to warm up. */
export async function benchDrain(seconds: number): Promise<Row[]> {
  return await withFolder(async (folder) => {
    await using stack = new AsyncDisposableStack();
    const parts = await start(stack, folder);
    await runRound(parts, 1);
    const drains: number[] = [];
    const inserts: number[] = [];
    const endMs = performance.now() + seconds * 1000;
    let roundMs = 0;
    const hasTime = () => performance.now() < endMs && performance.now() + roundMs < END_MS;
    while (drains.length === 0 || (drains.length < ROUNDS_MAX && hasTime())) {
      const startedMs = performance.now();
      const { drainMs, insertMs } = await runRound(parts, drains.length + 2);
      roundMs = performance.now() - startedMs;
      log(`${SALES} sales drained in ${round(drainMs, 0)} ms, inserted bare in ${round(insertMs, 0)} ms`);
      drains.push(drainMs);
      inserts.push(insertMs);
    }
    const perSecond = (SALES * 1000) / median(drains);
    const referencePerSecond = (SALES * 1000) / median(inserts);
    return [
      {
        bench: 'drain',
        name: `${SALES.toLocaleString('en')} sales`,
        clients: 1,
        per_s: round(perSecond, 0),
        p50_ms: round(percentile(drains, 0.5), 1),
        p99_ms: round(percentile(drains, 0.99), 1),
        reference: 'unnest insert',
        reference_per_s: round(referencePerSecond, 0),
        ratio: round(perSecond / referencePerSecond, 3),
      },
    ];
  });
}

async function start(stack: AsyncDisposableStack, folder: string): Promise<Parts> {
  const started = async <T extends { close(): Promise<void> }>(child: Promise<T>) =>
    stack.adopt(await child, (it) => it.close());
  const hub = await started<Hub>(
    startChild(new URL('./hub-process.ts', import.meta.url), { folder: join(folder, 'hub') }),
  );
  const edge = await started<Server>(startEdgeProcess(join(folder, 'edge')));
  const load = await started<Load>(startLoad());
  const database = new pg.Client({ connectionString: hub.ready.databaseUrl });
  await database.connect();
  stack.defer(() => database.end());
  await createReferenceTable(database);
  await enrol(hub, edge);
  return { hub, edge, load, database };
}

/** Makes the store at `hub` and enrols `edge` in it; the edge reaches the hub at `hubUrl`. */
export async function enrol({ ready }: Hub, edge: Server, hubUrl = ready.url): Promise<void> {
  const { url, operatorToken } = ready;
  const answer = await fetch(`${url}/api/v1/locations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(STORE),
  });
  if (answer.status !== 201) throw new Error(`the hub did not make the store: ${await answer.text()}`);
  const operator = createHubOperatorClient({ baseUrl: url, token: operatorToken, transport: fetchTransport });
  const { claim_token } = await operator.createClaim(STORE.store_id);
  await edgeClient(edge).enrol({ hub_url: hubUrl, claim_token });
}

/** One outage: `SALES` sales offline, then the link comes back. `number` counts rounds from 1. */
async function runRound(parts: Parts, number: number): Promise<{ drainMs: number; insertMs: number }> {
  const { edge, load, database } = parts;
  const client = edgeClient(edge);
  await client.setLink('offline');
  await load.ask({ target: edge.ready, clients: LOAD_CLIENTS, durationMs: 0, count: SALES });
  const before = await usageOf(parts);
  const startedMs = performance.now();
  await client.setLink('auto');
  while ((await client.push()).pending > 0);
  const drainMs = performance.now() - startedMs;
  const after = await usageOf(parts);
  await checkLedger(parts, number * SALES);
  log(
    `processor time a sale: edge ${microsASale(before.edge, after.edge)} µs, ` +
      `hub ${microsASale(before.hub, after.hub)} µs; ` +
      `edge with ${SALES} pending: ${megabytes(before.edge)} MB resident`,
  );
  const rows = await readNewestEntries(database, SALES);
  return { drainMs, insertMs: await insertBare(database, rows) };
}

async function usageOf({ edge, hub }: Parts): Promise<{ edge: Usage; hub: Usage }> {
  return { edge: await edge.ask({}), hub: await hub.ask({}) };
}

function microsASale(before: Usage, after: Usage): number {
  return round((after.cpuMicros - before.cpuMicros) / SALES, 1);
}

/** The store must count everything as acked, and the ledger must hold each sale once. */
async function checkLedger({ edge, database }: Parts, expected: number): Promise<void> {
  const { lanes } = await edgeClient(edge).status();
  const acked = lanes.find(({ lane }) => lane === 'transactions')?.acked_seq;
  const { rows } = await database.query<{ bookings: number; operations: number }>(
    'SELECT count(*)::integer AS bookings, count(DISTINCT op_id)::integer AS operations FROM booking',
  );
  const [ledger] = rows;
  if (acked !== expected || ledger?.bookings !== expected || ledger.operations !== expected)
    throw new Error(
      `expected ${expected} sales: the edge has ${acked} acked, the ledger ${ledger?.operations} in ${ledger?.bookings} bookings`,
    );
}
