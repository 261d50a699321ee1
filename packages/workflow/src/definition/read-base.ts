/** Reads what every step has: where it goes, how it is tried, how it is undone. Defaults are filled in here. */
import type { HumanStep, RetryPolicy, Step } from './model.ts';
import { asText, itemsOf, type MapNode, mapOf, memberOf, numberOf, textOf } from './node.ts';
import { durationOf, pick, type Reading, type StepReading } from './reading.ts';

/** The parts that all types of step have. */
export type Base = Pick<
  HumanStep,
  'name' | 'description' | 'next' | 'on_failure' | 'retry' | 'timeout_ms' | 'deadline_ms' | 'compensate'
>;

/** Once. */
export const NO_RETRY: RetryPolicy = {
  attempts: 1,
  initial_ms: 1_000,
  multiplier: 2,
  max_ms: 60_000,
  jitter: 0.1,
  retry_on: [],
  give_up_on: [],
};

const RETRY_ATTEMPTS = 3;
/** Undoing is worth more patience than doing: what stays undone is money. */
const COMPENSATE_RETRY: RetryPolicy = { ...NO_RETRY, attempts: 10 };
/** Of one try of a function, if it does not say: a person at a counter does not wait longer. */
export const FUNCTION_TIMEOUT_MS = 60_000;

/** Reads the common keys of a step; `timeoutMs` is what one try may take if it does not say. */
export function readBase(map: MapNode, reading: StepReading, timeoutMs: number | null = null): Base {
  const { places, following } = reading;
  const name = textOf(map, 'name');
  const next = textOf(map, 'next');
  const onFailure = textOf(map, 'on_failure');
  const timeout = durationOf(map, ['timeout'], reading);
  const base: Base = {
    name: name?.text ?? '',
    description: textOf(map, 'description')?.text ?? null,
    next: next?.text ?? following,
    on_failure: onFailure?.text ?? null,
    retry: readRetry(map, 'retry', { reading, unless: NO_RETRY }),
    timeout_ms: timeout === undefined ? timeoutMs : timeout,
    deadline_ms: durationOf(map, ['deadline', 'timeout_seconds'], reading) ?? null,
    compensate: readCompensate(map, reading),
  };
  places.mark(base, '', map);
  if (name !== undefined) places.mark(base, 'name', name.node);
  if (next !== undefined) places.mark(base, 'next', next.node);
  if (onFailure !== undefined) places.mark(base, 'on_failure', onFailure.node);
  for (const key of ['retry', 'deadline', 'timeout_seconds']) {
    const node = memberOf(map, key);
    if (node !== undefined) places.mark(base, key === 'retry' ? key : 'deadline', node);
  }
  return base;
}

/** Puts a base and the rest of a step together, with the places of both. */
export function stepOf<T extends Step>(base: Base, rest: Omit<T, keyof Base>, { places }: Reading): T {
  // `rest` is all of T that a base has not: together they are a T, which the compiler cannot see for a generic T.
  const step = { ...base, ...rest } as T;
  places.move(base, step);
  return step;
}

function readCompensate(map: MapNode, reading: Reading): Base['compensate'] {
  const found = pick(map, ['compensate', 'compensate_function'], reading);
  if (found === undefined) return null;
  const inner = found.node.kind === 'map' ? found.node : undefined;
  const name = inner === undefined ? asText(found.node) : textOf(inner, 'function');
  const unless = COMPENSATE_RETRY;
  const retry = inner === undefined ? unless : readRetry(inner, 'retry', { reading, unless });
  const compensate = { function: name?.text ?? '', retry };
  reading.places.mark(compensate, 'function', name?.node ?? found.node);
  return compensate;
}

function readRetry(map: MapNode, key: string, of: { reading: Reading; unless: RetryPolicy }): RetryPolicy {
  const node = memberOf(map, key);
  if (node === undefined) return of.unless;
  if (node.kind !== 'map') return { ...of.unless, attempts: numberOf(map, key) ?? RETRY_ATTEMPTS };
  const inner = mapOf(map, key) ?? map;
  const initial_ms = durationOf(inner, ['initial'], of.reading) ?? NO_RETRY.initial_ms;
  const retry: RetryPolicy = {
    attempts: numberOf(inner, 'attempts') ?? RETRY_ATTEMPTS,
    initial_ms,
    multiplier: numberOf(inner, 'multiplier') ?? NO_RETRY.multiplier,
    max_ms: durationOf(inner, ['max'], of.reading) ?? Math.max(NO_RETRY.max_ms, initial_ms),
    jitter: numberOf(inner, 'jitter') ?? NO_RETRY.jitter,
    retry_on: namesOf(inner, 'retry_on', of.reading),
    give_up_on: namesOf(inner, 'give_up_on', of.reading),
  };
  of.reading.places.mark(retry, '', node);
  if (retry.max_ms < initial_ms) {
    of.reading.problems.error(node.at, 'wrong_value', '"max" is below "initial": raise it.');
  }
  return retry;
}

/** Texts of a list, each with its place. */
export function namesOf(map: MapNode, key: string, { places }: Reading): string[] {
  const names: string[] = [];
  for (const item of itemsOf(map, key)) {
    const found = asText(item);
    if (found === undefined) continue;
    places.mark(names, names.length, item);
    names.push(found.text);
  }
  return names;
}
