/**
 * Sales over HTTP: an edge process with its store on a disk, beside the same server answering a constant. The two
 * take turns in short windows, so that both see the same machine. In the end the store must hold every answered sale.
 */
import { join } from 'node:path';
import { createEdgeClient, fetchTransport } from '@holdfast/client';
import { type Child, startChild } from './child.ts';
import { withFolder } from './folder.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';
import { median, percentile, round } from './numbers.ts';
import { log, type Row } from './report.ts';
import type { Target } from './sale-request.ts';
import type { Usage } from './usage.ts';

export type Server = Child<Target, object, Usage>;
export type Load = Child<null, LoadOrder, LoadResult>;

const CLIENTS = [1, 8, 32, 64];
const ROUNDS = 3;
const WARM_CLIENTS = 32;
const WARM_MS = 2_000;

type Measured = { perSecond: number[]; latencies: number[]; sales: number; cpuMicros: number };

/** Measures for about `seconds` in all, besides starting and warming up. */
export async function benchSale(seconds: number): Promise<Row[]> {
  return await withFolder(async (folder) => {
    await using stack = new AsyncDisposableStack();
    const started = async <T extends { close(): Promise<void> }>(child: Promise<T>) =>
      stack.adopt(await child, (it) => it.close());
    const edge = await started<Server>(startEdgeProcess(join(folder, 'edge')));
    const constant = await started<Server>(startChild(new URL('./constant-process.ts', import.meta.url), {}));
    const load = await started<Load>(startLoad());
    log(`edge at rest: ${megabytes(await edge.ask({}))} MB resident`);
    let answered = 0;
    const windowMs = (seconds * 1000) / (CLIENTS.length * ROUNDS * 2);
    const measure = async (
      server: Server,
      window: { clients: number; durationMs: number },
      into: Measured,
    ) => {
      const before = await server.ask({});
      const result = await load.ask({ target: server.ready, ...window });
      const after = await server.ask({});
      if (server === edge) answered += result.latenciesMs.length;
      note(into, result, after.cpuMicros - before.cpuMicros);
    };
    for (const server of [constant, edge])
      await measure(server, { clients: WARM_CLIENTS, durationMs: WARM_MS }, nothing());
    const rows: Row[] = [];
    for (const clients of CLIENTS) {
      const reference = nothing();
      const subject = nothing();
      for (let turn = 0; turn < ROUNDS; turn += 1) {
        await measure(constant, { clients, durationMs: windowMs }, reference);
        await measure(edge, { clients, durationMs: windowMs }, subject);
      }
      rows.push(rowOf(clients, subject, reference));
    }
    await checkStore(edge, answered);
    log(`edge with ${answered} pending: ${megabytes(await edge.ask({}))} MB resident`);
    return rows;
  });
}

/** An edge that was never enrolled, with an empty store in `folder`. */
export function startEdgeProcess(folder: string): Promise<Server> {
  return startChild(new URL('./edge-process.ts', import.meta.url), { folder });
}

export function startLoad(): Promise<Load> {
  return startChild(new URL('./load-process.ts', import.meta.url), {});
}

export function edgeClient({ ready }: Server) {
  const { port, token } = ready;
  return createEdgeClient({
    baseUrl: `http://127.0.0.1:${port}`,
    token,
    transport: fetchTransport,
    timeoutMs: 60_000,
  });
}

export function megabytes({ rssBytes }: Usage): number {
  return round(rssBytes / 1_048_576, 0);
}

function nothing(): Measured {
  return { perSecond: [], latencies: [], sales: 0, cpuMicros: 0 };
}

function note(into: Measured, { elapsedMs, latenciesMs }: LoadResult, cpuMicros: number): void {
  into.perSecond.push((latenciesMs.length * 1000) / elapsedMs);
  for (const latency of latenciesMs) into.latencies.push(latency);
  into.sales += latenciesMs.length;
  into.cpuMicros += cpuMicros;
}

function rowOf(clients: number, subject: Measured, reference: Measured): Row {
  const perSecond = median(subject.perSecond);
  const referencePerSecond = median(reference.perSecond);
  log(
    `${clients} clients: ${round(subject.cpuMicros / subject.sales, 1)} µs of processor time a sale, ` +
      `${round(reference.cpuMicros / reference.sales, 1)} µs a constant`,
  );
  return {
    bench: 'sale',
    name: 'durable sale over HTTP',
    clients,
    per_s: round(perSecond, 0),
    p50_ms: round(percentile(subject.latencies, 0.5), 3),
    p99_ms: round(percentile(subject.latencies, 0.99), 3),
    reference: 'constant',
    reference_per_s: round(referencePerSecond, 0),
    ratio: round(perSecond / referencePerSecond, 3),
  };
}

async function checkStore(edge: Server, answered: number): Promise<void> {
  const { lanes } = await edgeClient(edge).status();
  const tip = lanes.find(({ lane }) => lane === 'transactions')?.tip_seq;
  if (tip !== answered) throw new Error(`${answered} sales were answered, and the store holds ${tip}`);
}
