/**
 * A run of the fuzzer: threads that share the executions, the confirmation of what got stuck, and the sum. One thread is
 * a function of seed and corpus; several are too, each with a seed of its own.
 */
import { seeded } from '../support/seeded.ts';
import type { EngineOptions, EngineResult, Progress } from './engine.ts';
import { HANG_MS } from './execute.ts';
import type { Failure, Finding } from './finding.ts';
import { createInputRunner, type InputRunner, type RunEnd, runThread } from './fuzz-thread.ts';
import { minimise } from './minimise.ts';

/** What to run. */
export type CampaignOptions = Omit<EngineOptions, 'isGuided'> & {
  /** The module that exports the target. */
  moduleUrl: string;
  workers?: number;
  isGuided?: boolean;
  /** An execution of that long is taken for endless; it is tried again before it counts. */
  endlessMs?: number;
  onProgress?: (progress: Progress) => void;
};

/** What came out. */
export type CampaignResult = {
  execs: number;
  edges: number;
  found: readonly Finding[];
  inputs: readonly Uint8Array[];
};

const ENDLESS_MS = 5_000;
const STUCK_TRIES = 24;

/** Runs the campaign to its end. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const workers = Math.max(1, options.workers ?? 1);
  const seeds = seeded(options.seed);
  const progress = createProgress(options.onProgress);
  const runs = Array.from({ length: workers }, (_, index) => {
    const execs = Math.floor(options.execs / workers) + (index < options.execs % workers ? 1 : 0);
    const seed = workers === 1 ? options.seed : seeds.int(0, 2 ** 31 - 1);
    return runShare(options, { execs, seed, onProgress: (it) => progress(index, it) });
  });
  return sum(await Promise.all(runs));
}

type Share = { execs: number; seed: number; onProgress: (progress: Progress) => void };

/** One thread's share. A thread that only seemed stuck is started again with another seed. */
async function runShare(options: CampaignOptions, share: Share): Promise<Partial<EngineResult>> {
  const endlessMs = options.endlessMs ?? ENDLESS_MS;
  const { moduleUrl, corpus, isGuided = true } = options;
  for (let seed = share.seed; ; seed += 1) {
    const run = { execs: share.execs, seed, corpus, isGuided };
    const end: RunEnd = await runThread({ moduleUrl, run }, { endlessMs, onProgress: share.onProgress });
    if (end.kind === 'done') return end.result;
    const finding = await confirmStuck({ moduleUrl, input: end.input, endlessMs });
    if (finding !== undefined) return { execs: end.execs, found: [finding] };
  }
}

/** Runs the input again; a finding if it takes too long once more, made small as far as patience goes. */
async function confirmStuck(it: {
  moduleUrl: string;
  input: Uint8Array;
  endlessMs: number;
}): Promise<Finding | undefined> {
  const runner = createInputRunner(it.moduleUrl);
  try {
    const failure = await stuckFailure(runner, it.input, it.endlessMs);
    if (failure === undefined) return undefined;
    const fails = async (candidate: Uint8Array) =>
      (await stuckFailure(runner, candidate, it.endlessMs)) !== undefined;
    return { ...failure, input: await minimise(it.input, { fails, tries: STUCK_TRIES }) };
  } finally {
    await runner.close();
  }
}

async function stuckFailure(
  runner: InputRunner,
  input: Uint8Array,
  endlessMs: number,
): Promise<Failure | undefined> {
  const { execution } = await runner.run(input, endlessMs);
  if (execution !== 'stuck')
    return 'failure' in execution && execution.failure.kind === 'hang' ? execution.failure : undefined;
  const message = `an execution does not end: over ${endlessMs} ms, where ${HANG_MS} are allowed`;
  return { kind: 'hang', message, key: 'hang' };
}

function createProgress(tell: CampaignOptions['onProgress']): (index: number, progress: Progress) => void {
  const all = new Map<number, Progress>();
  return (index, progress) => {
    all.set(index, progress);
    const each = [...all.values()];
    tell?.({
      execs: each.reduce((total, { execs }) => total + execs, 0),
      edges: Math.max(...each.map(({ edges }) => edges)),
      corpus: each.reduce((total, { corpus }) => total + corpus, 0),
      findings: each.reduce((total, { findings }) => total + findings, 0),
    });
  };
}

/** The same module order gives the same counters in each thread, so what they saw can be united. */
function sum(results: readonly Partial<EngineResult>[]): CampaignResult {
  const found = new Map<string, Finding>();
  const seen = new Set<number>();
  for (const result of results) {
    for (const finding of result.found ?? []) found.set(finding.key, finding);
    result.seen?.forEach((classes, counter) => {
      if (classes !== 0) seen.add(counter);
    });
  }
  return {
    execs: results.reduce((total, { execs = 0 }) => total + execs, 0),
    edges: seen.size,
    found: [...found.values()],
    inputs: results.flatMap(({ inputs = [] }) => inputs),
  };
}

/** Of `inputs` the shortest that pass a counter which neither `known` nor a shorter one passes. */
export async function distil(
  moduleUrl: string,
  { known, inputs }: { known: readonly Uint8Array[]; inputs: readonly Uint8Array[] },
): Promise<readonly Uint8Array[]> {
  const runner = createInputRunner(moduleUrl);
  const covered = new Set<number>();
  const passesNew = async (input: Uint8Array) => {
    const answer = await runner.run(input, ENDLESS_MS);
    if (answer.execution === 'stuck') return false;
    const before = covered.size;
    answer.hits.forEach((hits, counter) => {
      if (hits > 0) covered.add(counter);
    });
    return covered.size > before;
  };
  try {
    for (const input of known) await passesNew(input);
    const kept: Uint8Array[] = [];
    for (const input of inputs.toSorted((a, b) => a.length - b.length)) {
      if (await passesNew(input)) kept.push(input);
    }
    return kept;
  } finally {
    await runner.close();
  }
}
