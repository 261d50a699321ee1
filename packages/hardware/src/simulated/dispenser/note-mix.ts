/**
 * Which notes to pay an amount with: exactly, in as few notes as there can be, and of two mixes with the same number the
 * one that leaves the cassettes more even, so that none runs out long before the others.
 */
import type { NoteCount } from '../../ports/cash-dispenser.ts';

/** A cassette to take notes from; all of one currency. */
export type NoteSource = { slot: number; denominationMinor: bigint; notes: number };

/** All cassettes with one denomination. */
type Denomination = { value: bigint; available: number; sources: NoteSource[] };
type Best = { counts: number[]; evenness: number[] };

/**
 * Notes by slot, in the order of the slots; undefined if the amount cannot be paid exactly with at most `notesMax`
 * notes, which is what one bundle holds.
 */
export function mixNotes(of: {
  amountMinor: bigint;
  sources: readonly NoteSource[];
  notesMax: number;
}): NoteCount[] | undefined {
  if (of.amountMinor <= 0n) return undefined;
  const denominations = byDenomination(of.sources);
  const best = search({ denominations, amountMinor: of.amountMinor, notesMax: of.notesMax });
  if (best === undefined) return undefined;
  const counts = denominations.flatMap(({ sources }, at) => takeEvenly(sources, best.counts[at] ?? 0));
  return counts.filter(({ notes }) => notes > 0).sort((a, b) => a.slot - b.slot);
}

/** The largest first. */
function byDenomination(sources: readonly NoteSource[]): Denomination[] {
  const groups = new Map<bigint, NoteSource[]>();
  for (const source of sources) {
    if (source.notes <= 0) continue;
    groups.set(source.denominationMinor, [...(groups.get(source.denominationMinor) ?? []), source]);
  }
  return [...groups]
    .map(([value, group]) => ({
      value,
      available: group.reduce((sum, { notes }) => sum + notes, 0),
      sources: group,
    }))
    .sort((a, b) => (a.value < b.value ? 1 : -1));
}

/** Goes through the mixes with the fewest notes, and no others. */
function search(of: {
  denominations: readonly Denomination[];
  amountMinor: bigint;
  notesMax: number;
}): Best | undefined {
  const { denominations, amountMinor, notesMax } = of;
  const [largest] = denominations;
  if (largest === undefined || amountMinor > largest.value * BigInt(notesMax)) return undefined;
  const fewest = fewestNotes(denominations);
  const target = fewest(0, amountMinor);
  if (target > notesMax) return undefined;
  let best: Best | undefined;
  const counts: number[] = [];
  const visit = (at: number, restMinor: bigint, notes: number): void => {
    const denomination = denominations[at];
    if (denomination === undefined) {
      best = better(best, counts, denominations);
      return;
    }
    for (let count = mostOf(denomination, restMinor); count >= 0; count -= 1) {
      const nextMinor = restMinor - BigInt(count) * denomination.value;
      if (notes + count + fewest(at + 1, nextMinor) > target) continue;
      counts[at] = count;
      visit(at + 1, nextMinor, notes + count);
    }
  };
  visit(0, amountMinor, 0);
  return best;
}

/** The fewest notes of the denominations from `at` on that make an amount; infinite if none do. Remembers. */
function fewestNotes(denominations: readonly Denomination[]): (at: number, amountMinor: bigint) => number {
  const known = new Map<string, number>();
  const fewest = (at: number, amountMinor: bigint): number => {
    if (amountMinor === 0n) return 0;
    const denomination = denominations[at];
    if (denomination === undefined) return Number.POSITIVE_INFINITY;
    const key = `${at}:${amountMinor}`;
    let found = known.get(key);
    if (found === undefined) {
      found = Number.POSITIVE_INFINITY;
      for (let count = mostOf(denomination, amountMinor); count >= 0; count -= 1)
        found = Math.min(found, count + fewest(at + 1, amountMinor - BigInt(count) * denomination.value));
      known.set(key, found);
    }
    return found;
  };
  return fewest;
}

function mostOf({ value, available }: Denomination, amountMinor: bigint): number {
  return Math.min(available, Number(amountMinor / value));
}

function better(
  best: Best | undefined,
  counts: readonly number[],
  denominations: readonly Denomination[],
): Best {
  const evenness = denominations
    .map(({ available, sources }, at) => (available - (counts[at] ?? 0)) / sources.length)
    .sort((a, b) => a - b);
  const found = { counts: [...counts], evenness };
  return best === undefined || isMoreEven(evenness, best.evenness) ? found : best;
}

/** The one with more notes where it has the fewest. */
function isMoreEven(a: readonly number[], b: readonly number[]): boolean {
  for (const [at, left] of a.entries()) {
    const other = b[at] ?? 0;
    if (left !== other) return left > other;
  }
  return false;
}

/** Takes each note from the fullest cassette. */
function takeEvenly(sources: readonly NoteSource[], count: number): NoteCount[] {
  const left = sources.map(({ slot, notes }) => ({ slot, left: notes, notes: 0 }));
  for (let taken = 0; taken < count; taken += 1) {
    const [fullest] = left.toSorted((a, b) => b.left - a.left || a.slot - b.slot);
    if (fullest === undefined) break;
    fullest.left -= 1;
    fullest.notes += 1;
  }
  return left.map(({ slot, notes }) => ({ slot, notes }));
}
