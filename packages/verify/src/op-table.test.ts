import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOpTable, printOf } from './op-table.ts';

it('remembers as a map does, through all its sizes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.uuid(), fc.nat()), { maxLength: 3_000 }), (pairs) => {
      const table = createOpTable();
      const map = new Map<string, number>();
      for (const [id, at] of pairs) {
        expect(table.add(id, { print: at, at })).toBe(!map.has(id));
        if (!map.has(id)) map.set(id, at);
      }
      for (const [id, at] of map) expect(table.get(id)).toEqual({ print: at, at });
      expect(table.get(randomUUID())).toBeUndefined();
    }),
    { numRuns: 20 },
  );
});

it('keeps operations apart that differ in their last digit alone', () => {
  const table = createOpTable();
  const ids = Array.from(
    { length: 5_000 },
    (_, i) => `01890a5d-ac96-774b-bcce-${String(i).padStart(12, '0')}`,
  );
  for (const [i, id] of ids.entries()) expect(table.add(id, { print: i, at: i })).toBe(true);
  for (const [i, id] of ids.entries()) expect(table.get(id)?.at).toBe(i);
  expect(printOf('ff'.repeat(32))).toBe(2 ** 48 - 1);
});
