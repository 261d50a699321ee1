/** Many seeds, shared out among worker processes that have one server of PostgreSQL between them. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { must } from '@holdfast/base';
import type { FromWorker, ToWorker } from './seeds-child.ts';
import { startServer } from './server.ts';
import type { Outcome } from './simulate.ts';
import { neverSeen, type Seen, SOMETIMES, type Sometimes } from './sometimes.ts';

export type CampaignOptions = {
  seeds: number;
  firstSeed: number;
  workers: number;
  json: boolean;
  signal: AbortSignal;
};

type Tally = { seeds: number; sales: number; virtualMs: number; failing: Outcome[]; seen: Seen };

const TELL_EVERY = 50;
const SEEDS_OF_A_WORKER = 40;
const CHILD = fileURLToPath(new URL('./seeds-child.ts', import.meta.url));

/** What a campaign found wrong: both are empty when it is sound. */
export type Verdict = { failing: { seed: number; problems: string[] }[]; never: Sometimes[] };

/** Runs the campaign and tells of it as it goes. */
export async function runCampaign(options: CampaignOptions): Promise<Verdict> {
  const { seeds, firstSeed, json, signal } = options;
  process.stderr.write(`seeds ${firstSeed} to ${firstSeed + seeds - 1}\n`);
  const tally: Tally = { seeds: 0, sales: 0, virtualMs: 0, failing: [], seen: {} };
  const startedMs = performance.now();
  const server = await startServer();
  try {
    const next = { seed: firstSeed, end: firstSeed + seeds };
    const tell = (outcome: Outcome) => {
      add(tally, outcome);
      if (tally.seeds % TELL_EVERY === 0) tellProgress(tally, { of: seeds, startedMs });
    };
    const workers = Array.from({ length: options.workers }, () => work({ server, next, tell, signal }));
    await Promise.all(workers);
  } finally {
    await server.stop();
  }
  const never = neverSeen(tally.seen, tally.seeds);
  if (json) process.stdout.write(`${JSON.stringify({ seen: tally.seen })}\n`);
  else tellSeen(tally.seen);
  if (never.length > 0) process.stderr.write(`never seen: ${never.join(', ')}\n`);
  tellEnd(tally, { json, startedMs });
  const failing = tally.failing.map(({ seed, problems }) => ({ seed, problems }));
  return { failing, never };
}

type Shared = {
  server: { url: string; folder: string };
  next: { seed: number; end: number };
  tell: (outcome: Outcome) => void;
  signal: AbortSignal;
};

/** One worker process after the other, until there are no more seeds: what a life leaves in memory goes with it. */
async function work(shared: Shared): Promise<void> {
  const { next, signal } = shared;
  while (!signal.aborted && next.seed < next.end) await workFor(SEEDS_OF_A_WORKER, shared);
}

/** A worker process, fed with seeds. */
async function workFor(count: number, { server, next, tell, signal }: Shared): Promise<void> {
  const child = fork(CHILD, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const ended = once(child, 'exit');
  let left = count;
  const give = () => {
    const isOver = signal.aborted || next.seed >= next.end || left === 0;
    left -= 1;
    child.send((isOver ? { kind: 'end' } : { kind: 'seed', seed: next.seed++ }) satisfies ToWorker);
  };
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'outcome') tell(message.outcome);
    give();
  });
  child.send({ kind: 'site', serverUrl: server.url, folder: server.folder } satisfies ToWorker);
  const [code] = await ended;
  if (code !== 0) throw new Error(`A worker ended with code ${String(code)}`);
}

function add(tally: Tally, outcome: Outcome): void {
  tally.seeds += 1;
  tally.sales += outcome.sales;
  tally.virtualMs += outcome.virtualMs;
  for (const name of SOMETIMES) {
    const count = outcome.seen[name];
    if (count !== undefined) tally.seen[name] = (tally.seen[name] ?? 0) + count;
  }
  if (outcome.problems.length === 0) return;
  tally.failing.push(outcome);
  process.stderr.write(
    `seed ${outcome.seed} FAILED, look with --seed ${outcome.seed} --trace:\n  ${outcome.problems.slice(0, 5).join('\n  ')}\n`,
  );
}

function tellProgress(tally: Tally, { of, startedMs }: { of: number; startedMs: number }): void {
  const rate = tally.seeds / ((performance.now() - startedMs) / 1000);
  process.stderr.write(
    `${tally.seeds} of ${of} seeds, ${tally.sales} sales, ${tally.failing.length} failed, ${rate.toFixed(2)} seeds/s\n`,
  );
}

function tellSeen(seen: Seen): void {
  for (const name of SOMETIMES) process.stdout.write(`${String(seen[name] ?? 0).padStart(8)}  ${name}\n`);
}

function tellEnd(tally: Tally, { json, startedMs }: { json: boolean; startedMs: number }): void {
  const failing = tally.failing.map(({ seed }) => seed).sort((a, b) => a - b);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const hours = (tally.virtualMs / 3_600_000).toFixed(1);
  process.stdout.write(
    json
      ? `${JSON.stringify({ seeds: tally.seeds, sales: tally.sales, failed: failing.length, failing_seeds: failing })}\n`
      : `${tally.seeds} seeds, ${tally.sales} sales, ${hours} simulated hours in ${seconds} s: ${failing.length} failed ${must(JSON.stringify(failing), 'a list')}\n`,
  );
}
