/**
 * Whether memory rises over a run. A measurement is what the heap and the buffers outside it hold after a full
 * collection. The first half of the run warms up: compiled code, caches that fill to their bound.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { must } from '@holdfast/base';

/** What was held after that many executions, without what the engine itself keeps. */
export type Sample = { execs: number; bytes: number };

/** A rise that goes on for the second half of the run. */
export type Growth = { bytes: number; execs: number };

const RISING_SHARE = 0.8;
const RISE_BYTES_MIN = 256 * 1024;
const RISE_PER_EXEC_MIN = 4;

/** A function that collects and measures this thread. */
export function createMeter(): () => number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect === 'function') for (let round = 0; round < 2; round += 1) collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
}

/** The rise of the second half, if it is steady and more than noise. */
export function findGrowth(samples: readonly Sample[]): Growth | undefined {
  const late = samples.slice(Math.floor(samples.length / 2));
  if (late.length < 4) return undefined;
  const rises = late.slice(1).filter((sample, index) => sample.bytes > (late[index]?.bytes ?? 0)).length;
  const first = must(late[0], 'there are samples');
  const last = must(late.at(-1), 'there are samples');
  const bytes = last.bytes - first.bytes;
  const execs = last.execs - first.execs;
  const isSteady = rises >= RISING_SHARE * (late.length - 1);
  return isSteady && bytes >= RISE_BYTES_MIN && bytes >= RISE_PER_EXEC_MIN * execs
    ? { bytes, execs }
    : undefined;
}
