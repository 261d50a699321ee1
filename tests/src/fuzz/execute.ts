/**
 * One execution of a target, watched: the input lies inside foreign bytes, which a parser must not see, and beside the
 * execution stands, in memory that another thread reads, which input runs and since when.
 */
import { type Failure, failureOf } from './finding.ts';
import { BrokenProperty, type FuzzTarget } from './target.ts';

/** A hang is an execution that takes longer than that. */
export const HANG_MS = 100;

/** Words of the shared memory: how often an execution began, whether one runs, and how long its input is. */
const BEGUN = 0;
const RUNNING = 1;
const LENGTH = 2;
const HEAD_WORDS = 3;
const AROUND = 16;
/** How often a slow execution is repeated before it counts as slow: others use the machine too. */
const REPEATS = 3;
/** One execution in so many is repeated with other bytes around the input. */
const MOVED_EVERY = 16;

/** What a thread runs, for a thread that watches it. */
export type Shared = { head: Int32Array; input: Uint8Array };

/** Memory for inputs of that many bytes. */
export function createShared(bytesMax: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_WORDS * 4 + bytesMax);
}

/** The views of that memory. */
export function viewShared(memory: SharedArrayBuffer): Shared {
  return { head: new Int32Array(memory, 0, HEAD_WORDS), input: new Uint8Array(memory, HEAD_WORDS * 4) };
}

/** An execution under way: how many began before and with it, and its input. */
export type Running = { number: number; input: Uint8Array };

/** Which execution runs; undefined between two. */
export function readRunning({ head, input }: Shared): Running | undefined {
  if (Atomics.load(head, RUNNING) === 0) return undefined;
  return { number: Atomics.load(head, BEGUN), input: input.slice(0, Atomics.load(head, LENGTH)) };
}

/** The outcome of an execution, or what was wrong with it. */
export type Execution = { outcome: string } | { failure: Failure };

/** A function that runs inputs of the target, one after the other. */
export function createExecutor(
  target: Pick<FuzzTarget, 'run' | 'bytesMax'>,
  shared: Shared,
): (input: Uint8Array) => Execution {
  const arena = new Uint8Array(target.bytesMax + 2 * AROUND);
  let begun = 0;
  const place = (input: Uint8Array, at: number, around: number) => {
    arena.fill(around, 0, at);
    arena.set(input, at);
    arena.fill(around, at + input.length, at + input.length + AROUND);
    return arena.subarray(at, at + input.length);
  };
  const runAt = (input: Uint8Array, at: number, around: number): Execution => {
    const placed = place(input, at, around);
    try {
      const outcome = target.run(placed);
      if (Buffer.compare(placed, input) !== 0) throw new BrokenProperty('the input is left as it was');
      return { outcome };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
  return (input) => {
    begun += 1;
    shared.input.set(input);
    Atomics.store(shared.head, LENGTH, input.length);
    Atomics.store(shared.head, BEGUN, begun);
    Atomics.store(shared.head, RUNNING, 1);
    const startMs = performance.now();
    const execution = runAt(input, AROUND, begun & 0xff);
    const isSlow = performance.now() - startMs > HANG_MS;
    const checked =
      begun % MOVED_EVERY === 0 ? compare(execution, runAt(input, AROUND / 2, ~begun & 0xff)) : execution;
    const hang = isSlow ? timeAgain(() => runAt(input, AROUND, 0)) : undefined;
    Atomics.store(shared.head, RUNNING, 0);
    return hang === undefined ? checked : { failure: hang };
  };
}

function compare(one: Execution, other: Execution): Execution {
  if (!('outcome' in one) || !('outcome' in other) || one.outcome === other.outcome) return one;
  const error = new BrokenProperty(
    'the same bytes have the same outcome wherever they lie; the input is read beyond its ends, or the outcome is drawn',
  );
  return { failure: failureOf(error) };
}

/** A slow execution is one that is slow each time, in time of the processor. */
function timeAgain(run: () => void): Failure | undefined {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let time = 0; time < REPEATS; time += 1) {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    leastMs = Math.min(leastMs, (user + system) / 1000);
  }
  if (leastMs <= HANG_MS) return undefined;
  return { kind: 'hang', message: `an execution takes ${Math.round(leastMs)} ms`, key: 'hang' };
}
