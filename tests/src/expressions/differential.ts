/**
 * Holdfast's expressions beside cel-js: the same random expressions over the same random states, and every answer that
 * is not the same. Differences that are meant ({@link DIFFERENCES}) are counted apart.
 */
import { compileExpression, type Fields, type Json } from '@holdfast/workflow';
import type { Environment } from '@marcbachmann/cel-js';
import { seeded } from '../support/seeded.ts';
import { DIFFERENCES, type Difference, type Outcome } from './differences.ts';
import { drawWanted, generate } from './generate.ts';
import { celEnvironment, drawWorld, FIELDS, type World } from './world.ts';

export type Tally = {
  cases: number;
  seed: number;
  /** Cases by outcome on both sides: those that gave a value, and those that gave a fault. */
  values: number;
  faults: number;
  /** Cases that show a difference of the list, by its name. */
  differences: Record<string, number>;
  disagreements: number;
  /** The first disagreements, in words. */
  shown: string[];
};

/** Codes of cel-js for what only the state decides; with any other it says that it does not take the expression. */
const CEL_FAULTS: ReadonlySet<string> = new Set([
  'no_such_key',
  'index_out_of_bounds',
  'division_by_zero',
  'modulo_by_zero',
  'numeric_overflow',
]);
const SHOWN_MAX = 10;
const DEPTH_MAX = 4;
/** Worlds are reused for some expressions: drawing one costs as much as looking at several. */
const CASES_A_WORLD = 8;

/** Compares `cases` expressions. The same seed gives the same cases. */
export function runDifferential({ cases, seed }: { cases: number; seed: number }): Tally {
  const random = seeded(seed);
  const environment = celEnvironment();
  const tally: Tally = { cases, seed, values: 0, faults: 0, differences: {}, disagreements: 0, shown: [] };
  let world = drawWorld(random, environment);
  for (let index = 0; index < cases; index += 1) {
    if (index % CASES_A_WORLD === 0) world = drawWorld(random, environment);
    const wanted = drawWanted(random);
    const reckoned: string[] = [];
    const { ours, cel } = generate(wanted, { random, depth: random.int(1, DEPTH_MAX), reckoned });
    const answers = { ours: askOurs(ours.text, world), cel: askCel(cel.text, { environment, world }) };
    note(tally, { sources: { ours: ours.text, cel: cel.text, reckoned }, ...answers, world });
  }
  return tally;
}

/** What Holdfast says of a source. */
export function askOurs(
  source: string,
  world: Pick<World, 'state' | 'nowMs'>,
  state: Fields = FIELDS,
): Outcome {
  const compiled = compileExpression(source, { state });
  if (!compiled.ok) return { refused: compiled.problem.code };
  const { expression } = compiled;
  const result = expression.value({ ...world, currency: 'USD' });
  if ('fault' in result) return { fault: result.fault };
  const isNumber = expression.type.type === 'decimal' || expression.type.type === 'money';
  return { value: isNumber ? Number(result.value) : result.value };
}

/** What cel-js says of a source. */
export function askCel(
  source: string,
  it: { environment: Environment; world: Pick<World, 'celContext'> },
): Outcome {
  const { environment, world } = it;
  try {
    return { value: jsonOf(environment.evaluate(source, world.celContext)) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'thrown';
    return CEL_FAULTS.has(code) ? { fault: 'error' } : { refused: code };
  }
}

type Case = {
  sources: { ours: string; cel: string; reckoned: readonly string[] };
  ours: Outcome;
  cel: Outcome;
  world: World;
};

function note(tally: Tally, it: Case): void {
  const { ours, cel } = it;
  if ('value' in ours && 'value' in cel && JSON.stringify(ours.value) === JSON.stringify(cel.value)) {
    tally.values += 1;
    return;
  }
  if ('fault' in ours && 'fault' in cel) {
    tally.faults += 1;
    return;
  }
  const meant = meantBy(it);
  if (meant !== undefined) {
    tally.differences[meant.name] = (tally.differences[meant.name] ?? 0) + 1;
    return;
  }
  tally.disagreements += 1;
  if (tally.shown.length < SHOWN_MAX) tally.shown.push(JSON.stringify({ ...it, world: it.world.state }));
}

/**
 * The listed difference that a case shows. Of two faults the first is reported, so an overflow may hide behind another:
 * then the part that overflows says so by itself.
 */
function meantBy({ sources, ours, cel, world }: Case): Difference | undefined {
  if (!('fault' in ours) || !('value' in cel)) return undefined;
  const faults = [ours, ...sources.reckoned.map((part) => askOurs(part, world))];
  return DIFFERENCES.find(
    ({ found }) => found !== undefined && faults.some((it) => 'fault' in it && it.fault === found),
  );
}

/** A value of CEL as JSON; decimals as doubles, which {@link askOurs} gives too. */
function jsonOf(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) return Number(value) + 0; // A duration, in milliseconds.
  if (typeof value === 'number') return value + 0;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
