/**
 * Conditions of workflows, beside cel-js on the same states: the test of a payment as it stands in a definition. Both
 * have parsed their text before; the two take turns in short windows. `p99_ms` is that of the worst window.
 */
import { must } from '@holdfast/base';
import { compileExpression, type Fields, type JsonObject } from '@holdfast/workflow';
import { parse } from '@marcbachmann/cel-js';
import { median, round } from './numbers.ts';
import type { Row } from './report.ts';

const ROUNDS = 12;
/** Evaluations between two looks at the clock. */
const STRIDE = 1_000;

const STATE: Fields = {
  amount: { type: 'money' },
  currency: { type: 'string' },
  country: { type: 'string' },
};

/** What is compared: our text, and the same as cel-js is given it. */
const CONDITION = 'state.amount <= 5000 and state.currency == "USD" and state.country in ["US", "CA", "MX"]';
const REFERENCE = 'state.amount <= 5000.0 && state.currency == "USD" && state.country in ["US", "CA", "MX"]';

/** Measures for about `seconds` in all. */
export async function benchConditions(seconds: number): Promise<Row[]> {
  const windowMs = (seconds * 1000) / (ROUNDS * 2);
  const states = statesOf(512);
  const subject = compiled(states.map(({ state }) => state));
  const reference = cel(states.map(({ plain }) => plain));
  agree(subject, reference, states.length);
  const rates = { subject: [] as number[], reference: [] as number[] };
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    rates.subject.push(rateOf(subject, windowMs));
    rates.reference.push(rateOf(reference, windowMs));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const perSecond = median(rates.subject);
  const referencePerSecond = median(rates.reference);
  return [
    {
      bench: 'conditions',
      name: 'payment',
      clients: 1,
      per_s: round(perSecond, 0),
      p50_ms: round(1_000 / perSecond, 6),
      p99_ms: round(1_000 / Math.min(...rates.subject), 6),
      reference: 'cel-js, parsed',
      reference_per_s: round(referencePerSecond, 0),
      ratio: round(perSecond / referencePerSecond, 3),
    },
  ];
}

type Evaluate = (index: number) => boolean;

function statesOf(count: number): { state: JsonObject; plain: Record<string, unknown> }[] {
  return Array.from({ length: count }, (_, index) => {
    const cents = (index * 7_919) % 1_000_000;
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
    const currency = index % 5 === 0 ? 'EUR' : 'USD';
    const country = must(['US', 'CA', 'MX', 'SE'][index % 4], 'four countries');
    return { state: { amount, currency, country }, plain: { amount: cents / 100, currency, country } };
  });
}

function compiled(states: readonly JsonObject[]): Evaluate {
  const made = compileExpression(CONDITION, { state: STATE, expect: 'boolean' });
  if (!made.ok) throw new Error(made.problem.message);
  const { expression } = made;
  const scopes = states.map((state) => ({ state, currency: 'USD', nowMs: 0 }));
  return (index) => expression.test(must(scopes[index], 'a state')) === true;
}

function cel(states: readonly Record<string, unknown>[]): Evaluate {
  const program = parse(REFERENCE);
  const contexts = states.map((state) => ({ state }));
  return (index) => program(must(contexts[index], 'a state')) === true;
}

/** A quick answer is worth nothing when it is another one. */
function agree(a: Evaluate, b: Evaluate, count: number): void {
  for (let index = 0; index < count; index += 1)
    if (a(index) !== b(index)) throw new Error(`The two disagree about state ${index}.`);
}

function rateOf(evaluate: Evaluate, windowMs: number): number {
  const startMs = performance.now();
  let count = 0;
  let held = 0;
  let nowMs = startMs;
  while (nowMs - startMs < windowMs) {
    for (let each = 0; each < STRIDE; each += 1) held += evaluate((count + each) % 512) ? 1 : 0;
    count += STRIDE;
    nowMs = performance.now();
  }
  if (held === 0) throw new Error('No condition held.');
  return (count * 1000) / (nowMs - startMs);
}
