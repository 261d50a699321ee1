/**
 * The operations of an export, in 32 bytes each: a million must fit beside everything else. Open addressing over typed
 * arrays; an op_id is 128 bits, of which half are random or a hash, so that its own bits are the hash.
 */

const WORDS = 4;

/** `opId` is a UUID as text. */
export type OpTable = {
  /** Adds an operation, or returns false when it is there. `print` tells two contents apart, `at` is when it came. */
  add(opId: string, value: { print: number; at: number }): boolean;
  get(opId: string): { print: number; at: number } | undefined;
  readonly size: number;
};

/** An empty table. It doubles when it is two thirds full. */
export function createOpTable(): OpTable {
  let capacity = 1024;
  let keys = new Uint32Array(capacity * WORDS);
  let prints = new Float64Array(capacity);
  let times = new Float64Array(capacity);
  let taken = new Uint8Array(capacity);
  let size = 0;

  const slotOf = (words: Uint32Array): number => {
    let slot = ((words[2] ?? 0) ^ (words[3] ?? 0)) & (capacity - 1);
    while (taken[slot] === 1 && !isAt(words, slot)) slot = (slot + 1) & (capacity - 1);
    return slot;
  };
  const isAt = (words: Uint32Array, slot: number): boolean => {
    for (let i = 0; i < WORDS; i += 1) if (keys[slot * WORDS + i] !== words[i]) return false;
    return true;
  };
  const put = (words: Uint32Array, value: { print: number; at: number }): boolean => {
    const slot = slotOf(words);
    if (taken[slot] === 1) return false;
    taken[slot] = 1;
    keys.set(words, slot * WORDS);
    prints[slot] = value.print;
    times[slot] = value.at;
    return true;
  };
  const grow = (): void => {
    const old = { keys, prints, times, taken };
    capacity *= 2;
    keys = new Uint32Array(capacity * WORDS);
    prints = new Float64Array(capacity);
    times = new Float64Array(capacity);
    taken = new Uint8Array(capacity);
    for (let slot = 0; slot < old.taken.length; slot += 1) {
      if (old.taken[slot] !== 1) continue;
      const words = old.keys.subarray(slot * WORDS, (slot + 1) * WORDS);
      put(words, { print: old.prints[slot] ?? 0, at: old.times[slot] ?? 0 });
    }
  };

  return {
    add(opId, value) {
      if (size * 3 > capacity * 2) grow();
      const isNew = put(wordsOf(opId), value);
      if (isNew) size += 1;
      return isNew;
    },
    get(opId) {
      const slot = slotOf(wordsOf(opId));
      return taken[slot] === 1 ? { print: prints[slot] ?? 0, at: times[slot] ?? 0 } : undefined;
    },
    get size() {
      return size;
    },
  };
}

/** 48 bits of a hexadecimal hash, as a number: enough to tell two contents of one operation apart. */
export function printOf(hash: string): number {
  return Number.parseInt(hash.slice(0, 12), 16);
}

function wordsOf(opId: string): Uint32Array {
  const hex = opId.replaceAll('-', '');
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i += 1) words[i] = Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16);
  return words;
}
