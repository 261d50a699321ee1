/** The load, in a process of its own: posts sales over a number of connections for a time, or up to a number. */
import { serveParent } from './child.ts';
import { openConnection } from './connection.ts';
import { saleId } from './peers/sale-id.ts';
import type { Target } from './sale-request.ts';

/**
 * One window of load. Without `count` it ends after `durationMs`; with it, after that many answers. With `firstSale`
 * the keys are those of `saleId` from that number on, else fresh ones.
 */
export type LoadOrder = {
  target: Target;
  clients: number;
  durationMs: number;
  count?: number;
  firstSale?: number;
};

/** `latenciesMs` has one number an answer; all of them were 201. */
export type LoadResult = { elapsedMs: number; latenciesMs: Float64Array };

await serveParent<object, null, LoadOrder, LoadResult>('bench-load', async () => ({
  ready: null,
  answer: runWindow,
  close: async () => {},
}));

async function runWindow(order: LoadOrder): Promise<LoadResult> {
  const { target, clients, durationMs, count = Number.POSITIVE_INFINITY } = order;
  let number = order.firstSale ?? 0;
  const newKey = order.firstSale === undefined ? undefined : () => saleId(number++);
  const connections = await Promise.all(
    Array.from({ length: clients }, (_, i) => openConnection(target, i, newKey)),
  );
  const latencies: number[] = [];
  let sent = 0;
  const startedMs = performance.now();
  const endMs = count === Number.POSITIVE_INFINITY ? startedMs + durationMs : Number.POSITIVE_INFINITY;
  const more = () => {
    if (sent >= count || performance.now() >= endMs) return false;
    sent += 1;
    return true;
  };
  const onAnswer = (latencyMs: number) => {
    latencies.push(latencyMs);
  };
  await Promise.all(connections.map((connection) => connection.run(more, onAnswer)));
  const elapsedMs = performance.now() - startedMs;
  for (const connection of connections) connection.close();
  return { elapsedMs, latenciesMs: Float64Array.from(latencies) };
}
