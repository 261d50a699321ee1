/**
 * The inputs worth changing: each found an edge, or a number of times an edge was passed, that none before it had. Counts
 * fall into eight classes (1, 2, 3, 4–7, 8–15, 16–31, 32–127, more), so that a loop is told from one that ran longer.
 */
import { must } from '@holdfast/base';
import type { Seeded } from '../support/seeded.ts';

/** The queue of one run. */
export type Queue = {
  readonly inputs: readonly Uint8Array[];
  /** Bytes that the queue itself holds, roughly. */
  bytesHeld(): number;
  /** Edges that any input has passed. */
  edges(): number;
  /** For each counter the classes seen, a bit each. */
  readonly seen: Uint8Array;
  /** Keeps the input if the hits show something new; true when they did. */
  offer(input: Uint8Array, hits: Uint8Array): boolean;
  /** An input to change: half the time one of the shortest that reach some edge, else one of the latest or any. */
  pick(random: Seeded): Uint8Array;
};

const LATEST = 16;
const ENTRY_BYTES = 256;
const CLASSES = Uint8Array.from({ length: 256 }, (_, hits) => classOf(hits));
const EMPTY = new Uint8Array(0);

/** An empty queue over that many counters; `used` grows as modules are loaded. */
export function createQueue(used: () => number, counters: number): Queue {
  const seen = new Uint8Array(counters);
  const inputs: Uint8Array[] = [];
  const shortest = new Map<number, number>();
  let favoured: number[] = [];
  let held = 0;
  const note = (input: Uint8Array, hits: Uint8Array) => {
    const index = inputs.push(input) - 1;
    held += input.length + ENTRY_BYTES;
    for (let counter = 0; counter < used(); counter += 1) {
      if (hits[counter] === 0) continue;
      const other = inputs[shortest.get(counter) ?? index];
      if (other === undefined || other.length >= input.length) shortest.set(counter, index);
    }
    favoured = [...new Set(shortest.values())];
  };
  return {
    inputs,
    seen,
    bytesHeld: () => held,
    edges: () => seen.reduce((sum, classes) => sum + (classes === 0 ? 0 : 1), 0),
    offer(input, hits) {
      if (!findNews({ hits, seen, used: used() })) return false;
      note(input.slice(), hits);
      return true;
    },
    pick(random) {
      if (inputs.length === 0) return EMPTY;
      if (favoured.length > 0 && random.chance(0.5))
        return must(inputs[random.pick(favoured)], 'a favoured input is in the queue');
      const first = random.chance(0.5) ? Math.max(0, inputs.length - LATEST) : 0;
      return must(inputs[random.int(first, inputs.length - 1)], 'the queue has inputs');
    },
  };
}

/** Marks what is new in `seen`; true when anything was. */
function findNews(at: { hits: Uint8Array; seen: Uint8Array; used: number }): boolean {
  const { hits, seen, used } = at;
  let isNew = false;
  for (let counter = 0; counter < used; counter += 1) {
    const count = hits[counter] ?? 0;
    if (count === 0) continue;
    const bit = CLASSES[count] ?? 0;
    const before = seen[counter] ?? 0;
    if ((before & bit) !== 0) continue;
    seen[counter] = before | bit;
    isNew = true;
  }
  return isNew;
}

function classOf(hits: number): number {
  if (hits === 0) return 0;
  if (hits <= 3) return 1 << (hits - 1);
  const upper = [8, 16, 32, 128, 256].findIndex((bound) => hits < bound);
  return 1 << (upper + 3);
}
