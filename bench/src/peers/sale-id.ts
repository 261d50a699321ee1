/** Names of the sales of a comparison: the same in every system, so that what arrived can be held against what was sold. */

/** A fixed moment of 2026: these ids are names, and nothing reads a time from them. */
const BASE_MS = 1_790_000_000_000;

/** The UUIDv7 of sale number `index` (0 and up); ids rise with it, as those of a till do. */
export function saleId(index: number): string {
  const time = (BASE_MS + index).toString(16).padStart(12, '0');
  const tail = index.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
}

/**
 * What became of the sales `from … to - 1`, going by the ids of all records that the hub has stored. Records that are
 * double or foreign count wherever they are.
 */
export function compare(stored: readonly string[], { from, to }: { from: number; to: number }): Outcome {
  const ids = new Set(stored);
  const known = Array.from({ length: to }, (_, index) => saleId(index)).filter((id) => ids.has(id));
  const first = saleId(from);
  const distinct = known.filter((id) => id >= first).length;
  return {
    distinct,
    duplicated: stored.length - ids.size,
    lost: to - from - distinct,
    foreign: ids.size - known.length,
  };
}

/** Sales that are there, records beyond the first of a sale, sales that are missing, and records that nobody sold. */
export type Outcome = { distinct: number; duplicated: number; lost: number; foreign: number };
