/** A host for tests, with functions of a bakery that is nowhere else; and short ways to load. */
import type { Effect, FunctionSpec } from '../functions.ts';
import type { Fields } from '../types.ts';
import type { DefinitionHost } from './host.ts';
import { loadDefinition } from './load.ts';
import type { Step } from './model.ts';
import type { Program } from './program.ts';

/** What an order is started with. */
const ORDER: Fields = {
  amount: { type: 'money' },
  currency: { type: 'string' },
  note: { type: 'string', optional: true },
};

const AMOUNT: Fields = { amount: { type: 'money' } };

type Row = [
  name: string,
  effect: Effect,
  input: Fields,
  output: Fields,
  failures?: readonly string[],
  canQuery?: boolean,
];

const ROWS: readonly Row[] = [
  ['bake_baguette', 'external', AMOUNT, { batch: { type: 'string' } }, ['oven_cold', 'oven_busy'], true],
  ['pick_loaf', 'external', {}, { sort: { type: 'string' } }, ['none_left']],
  ['measure_dough', 'pure', AMOUNT, { dough_suffices: { type: 'boolean' } }],
  ['see_if_oven_is_hot', 'pure', {}, { is_hot: { type: 'boolean' } }],
  ['lay_in_baskets', 'local', AMOUNT, { basket: { type: 'string' } }],
  ['herald', 'external', { message: { type: 'string' } }, { heard: { type: 'boolean' } }],
];

/** A host with these functions and the fields of an order. */
export function testingHost(): DefinitionHost {
  return {
    functions: new Map(ROWS.map((row) => [`edge.${row[0]}`, specOf(row)])),
    models: new Map([['PaymentState', ORDER]]),
    defaultModel: ORDER,
  };
}

function specOf([name, effect, input, output, failures = [], canQuery = false]: Row): FunctionSpec {
  const spec = { name: `edge.${name}`, summary: name.replaceAll('_', ' '), effect, input, output, failures };
  return canQuery ? { ...spec, canQuery } : spec;
}

/** The lines above the steps of a definition with some fields; the first step is in line 4. */
export const HEAD =
  'workflow_type: T\nstate: {amount: money, items: {type: list, of: string}, note: string?, at: timestamp?}\nsteps:\n';

/** What is wrong with a definition, as `line:column code`. */
export function problemsOf(text: string): string[] {
  return loadDefinition(text, testingHost()).problems.map(
    ({ line, column, code }) => `${line}:${column} ${code}`,
  );
}

/** The program of a definition; throws what is wrong with it. */
export function programOf(text: string): Program {
  const loaded = loadDefinition(text, testingHost());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.program;
}

/** The steps of a definition. */
export function stepsOf(text: string): readonly Step[] {
  return programOf(text).definition.steps;
}
