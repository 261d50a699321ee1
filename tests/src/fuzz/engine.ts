/**
 * The loop of one thread: pick an input, change it, run it, keep it if it found an edge. A function of the seed: no
 * decision depends on time, so a run is repeated by its seed and its corpus.
 */
import { type Seeded, seeded } from '../support/seeded.ts';
import type { Coverage } from './coverage.ts';
import type { Execution } from './execute.ts';
import type { Failure, Finding } from './finding.ts';
import { createMeter, findGrowth, type Sample } from './growth.ts';
import { minimise } from './minimise.ts';
import { type Draft, mutate } from './mutate.ts';
import { createQueue, type Queue } from './queue.ts';
import type { FuzzTarget } from './target.ts';

/** What one thread shall do. */
export type EngineOptions = {
  execs: number;
  seed: number;
  corpus: readonly Uint8Array[];
  /** False for the proof that coverage is what finds deep defects: every input is then as good as another. */
  isGuided: boolean;
};

/** How far a run is. */
export type Progress = { execs: number; edges: number; corpus: number; findings: number };

/** What came out of it: `seen` by counter, the inputs that the queue kept, what was found. */
export type EngineResult = Progress & {
  seen: Uint8Array;
  inputs: readonly Uint8Array[];
  found: readonly Finding[];
};

type Parts = {
  target: FuzzTarget;
  coverage: Coverage;
  execute: (input: Uint8Array) => Execution;
  onProgress: (progress: Progress) => void;
};

const SAMPLES = 24;
const FINDINGS_MAX = 20;
const MINIMISE_TRIES = 2_000;
const PROGRESS_MS = 1_000;
/** Executions between two looks at the clock, which only tells when to speak. */
const PROGRESS_EVERY = 256;

/** Runs the target for as many executions as the options say. */
export async function runEngine(parts: Parts, options: EngineOptions): Promise<EngineResult> {
  const { target, coverage } = parts;
  const queue = createQueue(coverage.used, coverage.hits.length);
  const findings = new Map<string, Finding>();
  const measure = createMeter();
  const samples: Sample[] = [];
  const random = seeded(options.seed);
  const sampleEvery = Math.max(1, Math.floor(options.execs / SAMPLES));
  const draws = createDraws({ target, coverage, queue, random });
  const progressAt = (execs: number): Progress => ({
    execs,
    edges: queue.edges(),
    corpus: queue.inputs.length,
    findings: findings.size,
  });
  const begin = [...options.corpus, ...target.seeds].filter(({ length }) => length <= target.bytesMax);
  let toldMs = performance.now();
  for (let execs = 1; execs <= options.execs; execs += 1) {
    const input = begin[execs - 1] ?? draws();
    const failure = step({ parts, queue, input, isKept: options.isGuided || execs <= begin.length });
    if (failure !== undefined && !findings.has(failure.key) && findings.size < FINDINGS_MAX) {
      findings.set(failure.key, await minimised({ parts, input: input.slice(), failure }));
    }
    if (execs % sampleEvery === 0) samples.push({ execs, bytes: measure() - queue.bytesHeld() });
    if (execs % PROGRESS_EVERY === 0 && performance.now() - toldMs > PROGRESS_MS) {
      toldMs = performance.now();
      parts.onProgress(progressAt(execs));
    }
  }
  const growth = findGrowth(samples);
  if (growth !== undefined) findings.set('growth', growthOf(growth));
  return {
    ...progressAt(options.execs),
    seen: queue.seen,
    inputs: queue.inputs,
    found: [...findings.values()],
  };
}

/** Runs one input; an input that fails is not worth changing. */
function step(it: { parts: Parts; queue: Queue; input: Uint8Array; isKept: boolean }): Failure | undefined {
  const { coverage, execute } = it.parts;
  coverage.hits.fill(0, 0, coverage.used());
  const execution = execute(it.input);
  if ('failure' in execution) return execution.failure;
  if (it.isKept) it.queue.offer(it.input, coverage.hits);
  return undefined;
}

/** A source of new inputs. What it returns is overwritten by the next. */
function createDraws(it: {
  target: FuzzTarget;
  coverage: Coverage;
  queue: Queue;
  random: Seeded;
}): () => Uint8Array {
  const { target, coverage, queue, random } = it;
  const draft: Draft = { bytes: new Uint8Array(target.bytesMax), length: 0 };
  const words = coverage.literals().map((literal) => new TextEncoder().encode(literal));
  const dictionary = [...target.dictionary, ...words].filter(({ length }) => length > 0);
  const source = { random, dictionary, other: () => queue.pick(random) };
  return () => {
    mutate(draft, queue.pick(random), source);
    return draft.bytes.subarray(0, draft.length);
  };
}

async function minimised(it: { parts: Parts; input: Uint8Array; failure: Failure }): Promise<Finding> {
  const { parts, input, failure } = it;
  const fails = (candidate: Uint8Array) => {
    const execution = parts.execute(candidate);
    return 'failure' in execution && execution.failure.key === failure.key;
  };
  const tries = failure.kind === 'hang' ? MINIMISE_TRIES / 50 : MINIMISE_TRIES;
  return { ...failure, input: await minimise(input, { fails, tries }) };
}

function growthOf({ bytes, execs }: { bytes: number; execs: number }): Finding {
  const message = `memory rises by ${(bytes / execs).toFixed(1)} bytes an execution: ${bytes} over the last ${execs}`;
  return { kind: 'growth', message, key: 'growth', input: new Uint8Array(0) };
}
