import { describe, expect, it } from 'vitest';
import { countOf, type OpenKind, turnsOf } from './definitions.ts';
import { openAll } from './orders.ts';

describe('openAll', () => {
  it('opens the share of each kind, those that wait for a time last and for the same one', async () => {
    const opened: { kind: OpenKind; dueMs: number }[] = [];
    const dueMs = await openAll(200, async (kind, due) => {
      opened.push({ kind, dueMs: due });
    });
    const kinds = ['call', 'signal', 'timer'] as const;
    const expected = kinds.flatMap((kind) => Array.from({ length: countOf(kind, 200) }, () => kind));
    expect(opened.map(({ kind }) => kind)).toEqual(expected);
    expect(new Set(opened.filter(({ kind }) => kind === 'timer').map((each) => each.dueMs))).toEqual(
      new Set([dueMs]),
    );
    expect(opened.length - countOf('signal', 200)).toBe(turnsOf(200));
  });
});
