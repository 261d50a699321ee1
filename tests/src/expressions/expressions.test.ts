/** Expressions beside another implementation of CEL: no answer differs but where the list says so. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { newSeed } from '../support/seeded.ts';
import { DIFFERENCES } from './differences.ts';
import { askCel, askOurs, runDifferential } from './differential.ts';
import { celEnvironment, celValue } from './world.ts';

const CASES = 100_000;
const PAGE = resolve(import.meta.dirname, '../../../docs/expressions.md');

it('agrees with cel-js on a hundred thousand expressions', () => {
  const { shown, ...tally } = runDifferential({ cases: CASES, seed: newSeed() });
  expect(shown, `seed ${tally.seed}`).toEqual([]);
  expect(tally.values, 'most expressions have a value').toBeGreaterThan(CASES / 2);
  expect(tally.faults, 'faults are compared too').toBeGreaterThan(CASES / 20);
  const found = DIFFERENCES.filter((difference) => difference.found !== undefined).map(({ name }) => name);
  expect(Object.keys(tally.differences).sort(), `seed ${tally.seed}`).toEqual(found.sort());
});

it.each(DIFFERENCES)('differs on purpose: $name', ({ source, state = {}, ours, cel }) => {
  expect(askOurs(source, { state, nowMs: 0 })).toEqual(ours);
  const celContext = { state: celValue('', state), now: new Date(0) };
  expect(askCel(source, { environment: celEnvironment(), world: { celContext } })).toEqual(cel);
  expect(ours).not.toEqual(cel);
});

it('lists every difference on the page, and no other', () => {
  const section = readFileSync(PAGE, 'utf8').split('## Differences from CEL')[1]?.split('\n## ')[0] ?? '';
  const named = [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name);
  expect(named).toEqual(DIFFERENCES.map(({ name }) => name));
});
