import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mixNotes, type NoteSource } from './note-mix.ts';

const cassettes = (...rows: [denomination: number, notes: number][]): NoteSource[] =>
  rows.map(([denomination, notes], at) => ({
    slot: at + 1,
    denominationMinor: BigInt(denomination),
    notes,
  }));
const mix = (amount: number, sources: NoteSource[], notesMax = 40) =>
  mixNotes({ amountMinor: BigInt(amount), sources, notesMax })?.map(({ slot, notes }) => [slot, notes]);

test.each<[string, number, NoteSource[], [number, number][] | undefined]>([
  [
    'the largest notes',
    170,
    cassettes([100, 9], [50, 9], [20, 9]),
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  ],
  ['not greedily', 60, cassettes([50, 9], [20, 9]), [[2, 3]]],
  ['not the fewest that greed finds', 80, cassettes([50, 9], [40, 9], [10, 9]), [[2, 2]]],
  [
    'from both of one kind, evenly',
    80,
    cassettes([20, 9], [20, 7]),
    [
      [1, 3],
      [2, 1],
    ],
  ],
  ['what is empty is left alone', 100, cassettes([100, 0], [50, 9]), [[2, 2]]],
  [
    'of two mixes with three notes the one that leaves more',
    60,
    cassettes([50, 9], [20, 9], [5, 3]),
    [[2, 3]],
  ],
  [
    'of two mixes with three notes the other one',
    60,
    cassettes([50, 9], [20, 3], [5, 9]),
    [
      [1, 1],
      [3, 2],
    ],
  ],
  ['not exactly', 30, cassettes([50, 9], [20, 9]), undefined],
  ['not enough', 200, cassettes([50, 3]), undefined],
  ['nothing', 0, cassettes([50, 3]), undefined],
  ['no cassettes', 50, [], undefined],
])('%s', (_, amount, sources, expected) => {
  expect(mix(amount, sources)).toEqual(expected);
});

test('a bundle holds no more notes than it can', () => {
  expect(mix(200, cassettes([20, 99]), 10)).toEqual([[1, 10]]);
  expect(mix(220, cassettes([20, 99]), 10)).toBe(undefined);
});

/** The fewest notes by dynamic programming over amounts, knowing nothing of how the mix is found. */
function fewestNotes(amount: number, sources: readonly NoteSource[]): number | undefined {
  let reach = new Map([[0, 0]]);
  for (const { denominationMinor, notes } of sources) {
    const next = new Map(reach);
    for (const [sum, used] of reach)
      for (let count = 1; count <= notes; count += 1) {
        const to = sum + count * Number(denominationMinor);
        next.set(to, Math.min(next.get(to) ?? Number.POSITIVE_INFINITY, used + count));
      }
    reach = next;
  }
  return reach.get(amount);
}

test('exact, available, and as few as there can be', () => {
  const source = fc.tuple(fc.constantFrom(5, 10, 20, 50, 100, 200), fc.integer({ min: 0, max: 6 }));
  fc.assert(
    fc.property(
      fc.array(source, { maxLength: 5 }),
      fc.integer({ min: 1, max: 160 }).map((units) => units * 5),
      (rows, amount) => {
        const sources = cassettes(...rows);
        const found = mix(amount, sources);
        const fewest = fewestNotes(amount, sources);
        expect(found?.reduce((sum, [, notes = 0]) => sum + notes, 0)).toBe(fewest);
        if (found === undefined) return;
        let sum = 0;
        for (const [slot = 0, notes = 0] of found) {
          const from = sources.find((each) => each.slot === slot);
          expect(notes).toBeLessThanOrEqual(from?.notes ?? 0);
          sum += notes * Number(from?.denominationMinor ?? 0n);
        }
        expect(sum).toBe(amount);
      },
    ),
    { numRuns: 500 },
  );
});
