/** The state that generated expressions look at: its fields, its values by seed, and the same values as CEL has them. */
import type { Fields, JsonObject } from '@holdfast/workflow';
import { Environment } from '@marcbachmann/cel-js';
import type { Seeded } from '../support/seeded.ts';

/** One field or more of each type; what is optional is missing in about half of the worlds. */
export const FIELDS = {
  b1: { type: 'boolean' },
  b2: { type: 'boolean' },
  b3: { type: 'boolean', optional: true },
  i1: { type: 'integer' },
  i2: { type: 'integer' },
  i3: { type: 'integer', optional: true },
  d1: { type: 'decimal' },
  d2: { type: 'decimal', optional: true },
  m1: { type: 'money' },
  m2: { type: 'money' },
  s1: { type: 'string' },
  s2: { type: 'string' },
  s3: { type: 'string', optional: true },
  t1: { type: 'timestamp' },
  t2: { type: 'timestamp', optional: true },
  u1: { type: 'duration' },
  u2: { type: 'duration' },
  ls: { type: 'list', of: { type: 'string' } },
  li: { type: 'list', of: { type: 'integer' } },
  ld: { type: 'list', of: { type: 'decimal' } },
  r: {
    type: 'record',
    fields: {
      i: { type: 'integer' },
      s: { type: 'string', optional: true },
      l: { type: 'list', of: { type: 'integer' } },
    },
  },
  j: { type: 'json' },
} as const satisfies Fields;

/** A state, and what CEL is given for it: bigint for integers, a double for decimals and money, Date, Duration. */
export type World = { state: JsonObject; nowMs: number; celContext: Record<string, unknown> };

/** Texts that disagree on length, order and case when someone counts or compares them wrongly. */
export const TEXTS = [
  '',
  'a',
  'ab',
  'b',
  'A',
  'US',
  'USD',
  'é',
  '😀',
  'a😀b',
  'line\nbreak',
  'say "hi"',
  "it's",
  'back\\slash',
];
/** Small ones, and those at the edge of what a double holds. */
export const INTEGERS = [
  0,
  1,
  2,
  3,
  5,
  7,
  10,
  50,
  1_000,
  -1,
  -2,
  -7,
  2 ** 31,
  2 ** 52,
  Number.MAX_SAFE_INTEGER,
];
/** Quarters: a double holds them exactly, and the products of a few of them too. */
export const DECIMALS = ['0.00', '0.25', '0.50', '1.00', '1.75', '2.5', '12.25', '49.75', '50.00', '100.0'];
/** Whole seconds: cel-js has two forms of one duration below a second, and holds them to be different. */
export const DURATIONS = ['0s', '1s', '90s', '5m', '1h', '1h30m', '-5m', '86400s'];
export const TIMESTAMPS = [
  '2026-01-31T12:00:00Z',
  '2026-01-31T12:00:00.250Z',
  '2026-01-31T13:30:00+01:30',
  '1969-12-31T23:59:59Z',
  '2024-02-29T00:00:00Z',
];

const NOW_MS = Date.UTC(2026, 0, 31, 12);
const CURRENCY_DIGITS = 2;

/** The environment that CEL checks and evaluates in. */
export function celEnvironment(): Environment {
  // What is read of a map has no known type, so a list of such values and literals counts as mixed.
  return new Environment({ homogeneousAggregateLiterals: false })
    .registerVariable('state', 'map')
    .registerVariable('now', 'google.protobuf.Timestamp');
}

/** A world drawn from a sequence. */
export function drawWorld(random: Seeded, environment: Environment): World {
  const integer = () => random.pick(INTEGERS);
  const many = <T>(draw: () => T) => Array.from({ length: random.int(0, 3) }, draw);
  const values = {
    b1: random.chance(0.5),
    b2: random.chance(0.5),
    i1: integer(),
    i2: integer(),
    d1: random.pick(DECIMALS),
    m1: Number(random.pick(DECIMALS)).toFixed(CURRENCY_DIGITS),
    m2: Number(random.pick(DECIMALS)).toFixed(CURRENCY_DIGITS),
    s1: random.pick(TEXTS),
    s2: random.pick(TEXTS),
    t1: random.pick(TIMESTAMPS),
    u1: random.pick(DURATIONS),
    u2: random.pick(DURATIONS),
    ls: many(() => random.pick(TEXTS)),
    li: many(integer),
    ld: many(() => random.pick(DECIMALS)),
    r: { i: integer(), l: many(integer), ...maybe(random, 's', random.pick(TEXTS)) },
    j: { b: random.chance(0.5), i: integer(), s: random.pick(TEXTS), l: many(integer) },
    ...maybe(random, 'b3', random.chance(0.5)),
    ...maybe(random, 'i3', integer()),
    ...maybe(random, 'd2', random.pick(DECIMALS)),
    ...maybe(random, 's3', random.pick(TEXTS)),
    ...maybe(random, 't2', random.pick(TIMESTAMPS)),
  };
  const msOf = (text: string) => Number(environment.evaluate(`duration("${text}")`, {}));
  const state: JsonObject = { ...values, u1: msOf(values.u1), u2: msOf(values.u2) };
  const celState = Object.entries(values).map(([name, value]) => [name, celValue(name, value, environment)]);
  return {
    state,
    nowMs: NOW_MS,
    celContext: { state: Object.fromEntries(celState), now: new Date(NOW_MS) },
  };
}

/** JSON as CEL has it, by the first letter of its name: see {@link FIELDS}. */
export function celValue(name: string, value: unknown, environment: Environment = celEnvironment()): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map((item) => celValue(name.slice(1), item, environment));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, celValue(key, item, environment)]),
    );
  }
  if (typeof value !== 'string') return value;
  const [kind] = name;
  if (kind === 'd' || kind === 'm') return Number(value);
  if (kind === 't') return new Date(value);
  return kind === 'u' ? environment.evaluate(`duration("${value}")`, {}) : value;
}

function maybe<K extends string, V>(random: Seeded, name: K, value: V): { [key in K]?: V } {
  return random.chance(0.5) ? ({ [name]: value } as { [key in K]: V }) : {}; // A computed name widens to string.
}
