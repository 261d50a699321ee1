/** The three kinds of run: timed, looked at with strace and a proxy, and with a fault in the middle of the drain. */
import { mkdir, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { systemTimers } from '@holdfast/base';
import type { Contender, System } from './contender.ts';
import { cpuSecondsOf } from './process-tree.ts';
import { type LineProxy, openProxy } from './proxy.ts';
import { compare, type Outcome } from './sale-id.ts';
import { countSyncs } from './strace.ts';

/** Sales of a drain that is measured, and of one before it that warms both sides up. */
export const SALES = 10_000;
const WARM_SALES = 2_000;
const MEASURED = { from: WARM_SALES, to: WARM_SALES + SALES };

/** What one timed run gave. `load` is the load average of the last minute when the measured part began. */
export type TimedRun = {
  store: string;
  load: number;
  sellMs: number;
  drainMs: number;
  edgeCpuSeconds: number;
  hubCpuSeconds: number;
};

/** What was seen while `SALES` sales were stored and drained; nothing of it is timed. */
export type Inspection = {
  sellSyncs: number;
  edgeSyncs: number;
  hubSyncs: number;
  bytesUp: number;
  bytesDown: number;
};

export const FAULTS = ['answers lost', 'hub killed', 'edge killed'] as const;
export type Fault = (typeof FAULTS)[number];

/** `seconds` is undefined when the edge did not come to an end in time; the outcome is that of then. */
export type FaultRun = Outcome & {
  load: number;
  seconds: number | undefined;
  requests: number;
  lostAnswers: number;
};

/** Of the answers to requests with sales, these are lost: one in five, from the second on. */
const LOST_EVERY = 5;
const LOST_FIRST = 2;
/** A process is killed when so many requests with sales have reached the hub; the last of them is unanswered. */
const KILL_AT = 4;
const PATIENCE_MS = 120_000;

/** A whole drain with nothing between edge and hub. Throws when a sale is missing, double or foreign afterwards. */
export async function runTimed(system: System, base: string): Promise<TimedRun> {
  return await withContender({ system, base, proxy: undefined }, async (contender) => {
    const load = loadavg()[0] ?? Number.NaN;
    const sellMs = await contender.sell(MEASURED.to);
    const before = await cpuOf(contender);
    const drainMs = await contender.drain('once');
    const after = await cpuOf(contender);
    assertWhole(system, compare(await contender.storedIds(), MEASURED));
    return {
      store: contender.store,
      load,
      sellMs,
      drainMs,
      edgeCpuSeconds: after.edge - before.edge,
      hubCpuSeconds: after.hub - before.hub,
    };
  });
}

/** The same through a proxy that counts bytes, while strace counts what both sides force to the disk. */
export async function inspect(system: System, base: string): Promise<Inspection> {
  await using proxy = await openOwned(openProxy({ isData: system.isData }));
  return await withContender({ system, base, proxy: proxy.it }, async (contender, folder) => {
    const selling = await countSyncs(contender.edgePid, join(folder, 'selling.txt'));
    await contender.sell(MEASURED.to);
    const sellSyncs = await selling.stop();
    const edge = await countSyncs(contender.edgePid, join(folder, 'edge.txt'));
    const hub = await countSyncs(contender.hubPid, join(folder, 'hub.txt'));
    const before = proxy.it.bytes();
    await contender.drain('once');
    const after = proxy.it.bytes();
    const [edgeSyncs, hubSyncs] = [await edge.stop(), await hub.stop()];
    assertWhole(system, compare(await contender.storedIds(), MEASURED));
    const [bytesUp, bytesDown] = [after.up - before.up, after.down - before.down];
    return { sellSyncs, edgeSyncs, hubSyncs, bytesUp, bytesDown };
  });
}

/** A drain with a fault in its middle, and each system's own way of trying again. */
export async function runFault(system: System, fault: Fault, base: string): Promise<FaultRun> {
  const reached = Promise.withResolvers<void>();
  let isOn = false;
  const losesAnswer = (number: number) =>
    isOn && fault === 'answers lost' && number % LOST_EVERY === LOST_FIRST;
  const onData = (number: number) => {
    if (isOn && number === KILL_AT) reached.resolve();
  };
  await using proxy = await openOwned(openProxy({ isData: system.isData, losesAnswer, onData }));
  return await withContender({ system, base, proxy: proxy.it }, async (contender) => {
    await contender.sell(MEASURED.to);
    Object.assign(proxy.it.counts, { requests: 0, lost: 0 });
    isOn = true;
    const load = loadavg()[0] ?? Number.NaN;
    const startedMs = performance.now();
    const isDone = await within(PATIENCE_MS, drainWith(contender, fault, reached.promise));
    const seconds = isDone ? (performance.now() - startedMs) / 1000 : undefined;
    const { requests, lost: lostAnswers } = proxy.it.counts;
    return { ...compare(await contender.storedIds(), MEASURED), load, seconds, requests, lostAnswers };
  });
}

async function drainWith(contender: Contender, fault: Fault, reached: Promise<void>): Promise<void> {
  const drained = contender.drain('retry');
  if (fault === 'answers lost') return void (await drained);
  const settled = drained.then(
    () => 'done' as const,
    () => 'broken' as const,
  );
  if ((await Promise.race([reached.then(() => 'reached' as const), settled])) !== 'reached')
    throw new Error('the drain ended before there was anything to kill');
  if (fault === 'hub killed') {
    await contender.restartHub();
    return void (await drained);
  }
  await contender.restartEdge();
  if ((await settled) !== 'broken') throw new Error('the drain was over when its edge was killed');
  await contender.drain('retry');
}

/** A new contender that has been warmed up, in a folder of its own; both are gone afterwards. */
async function withContender<T>(
  { system, base, proxy }: { system: System; base: string; proxy: LineProxy | undefined },
  use: (contender: Contender, folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(base, 'run');
  await mkdir(folder, { mode: 0o711 });
  try {
    const contender = await system.start({ folder, proxy });
    try {
      await contender.sell(WARM_SALES);
      await contender.drain('once');
      return await use(contender, folder);
    } finally {
      await contender.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openOwned(opening: Promise<LineProxy>): Promise<{ it: LineProxy } & AsyncDisposable> {
  const it = await opening;
  return { it, [Symbol.asyncDispose]: () => it.close() };
}

async function cpuOf({ edgePid, hubPid }: Contender): Promise<{ edge: number; hub: number }> {
  return { edge: await cpuSecondsOf(edgePid), hub: await cpuSecondsOf(hubPid) };
}

/** False when `work` is not over after `ms`; it is then left to its end, which the closing of its contender brings. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  const stop = new AbortController();
  const late = systemTimers.sleep(ms, stop.signal).then(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    stop.abort();
    work.catch(() => undefined); // Too late to matter: it breaks when its contender is closed.
  }
}

function assertWhole({ name, setting }: System, outcome: Outcome): void {
  if (outcome.lost === 0 && outcome.duplicated === 0 && outcome.foreign === 0) return;
  throw new Error(`${name} (${setting}) did not arrive whole: ${JSON.stringify(outcome)}`);
}
