/**
 * Random expressions of a wanted type over the fields of `world.ts`, each written twice: as Holdfast spells it and as
 * CEL does. Parentheses stand only where they must, so both readers are asked for their precedence as well.
 */
import type { Seeded } from '../support/seeded.ts';
import { DECIMALS, DURATIONS, INTEGERS, TEXTS, TIMESTAMPS } from './world.ts';

/** A text, and how strongly its outermost operator binds: 0 for `?:` up to 8 for a value. */
type Written = { text: string; level: number };
/** One expression in both spellings. */
export type Twin = { ours: Written; cel: Written };
export type Wanted =
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'string'
  | 'timestamp'
  | 'duration'
  | 'strings'
  | 'integers';

/** `reckoned` collects what is reckoned on the way, as Holdfast spells it: parts of the expression that may overflow. */
type Draw = { random: Seeded; depth: number; reckoned: string[] };

const LEVEL = {
  choice: 0,
  or: 1,
  and: 2,
  not: 3,
  compare: 4,
  sum: 5,
  product: 6,
  prefix: 7,
  value: 8,
} as const;
const ALL: readonly Wanted[] = ['boolean', 'integer', 'decimal', 'money', 'string', 'timestamp', 'duration'];

/** An expression of a type; the deeper `depth`, the larger it may become. */
export function generate(wanted: Wanted, draw: Draw): Twin {
  const { random, depth } = draw;
  if (depth <= 0) return leaf(wanted, random);
  const below = { ...draw, depth: depth - 1 };
  if (random.chance(0.08)) return choice(wanted, below);
  return GROWERS[wanted](below);
}

/** A type for a whole expression; most of those that people write are conditions. */
export function drawWanted(random: Seeded): Wanted {
  return random.chance(0.7) ? 'boolean' : random.pick(ALL);
}

const GROWERS: Readonly<Record<Wanted, (draw: Draw) => Twin>> = {
  boolean: growBoolean,
  integer: growInteger,
  decimal: (draw) => (draw.random.chance(0.4) ? leaf('decimal', draw.random) : growExact('decimal', draw)),
  money: (draw) => (draw.random.chance(0.4) ? leaf('money', draw.random) : growExact('money', draw)),
  string: growString,
  timestamp: growTimestamp,
  duration: growDuration,
  strings: growList('string'),
  integers: growList('integer'),
};

function leaf(wanted: Wanted, random: Seeded): Twin {
  const isField = random.chance(0.6);
  switch (wanted) {
    case 'boolean':
      if (isField) return same(random.pick(['state.b1', 'state.b2', 'state.b3', 'state.j.b', 'state["b1"]']));
      return random.chance(0.5)
        ? twin(random.pick(['true', 'True']), 'true')
        : twin(random.pick(['false', 'False']), 'false');
    case 'integer':
      if (isField)
        return same(
          random.pick(['state.i1', 'state.i2', 'state.i3', 'state.r.i', 'state.li[0]', 'state.r.l[1]']),
        );
      return numeral(String(random.pick(INTEGERS)));
    case 'decimal':
      if (isField) return same(random.pick(['state.d1', 'state.d2', 'state.ld[0]']));
      return numeral(dotted(random.pick(DECIMALS)));
    case 'money':
      return same(random.pick(['state.m1', 'state.m2']));
    case 'string':
      return isField
        ? same(random.pick(['state.s1', 'state.s2', 'state.s3', 'state.r.s', 'state.ls[1]']))
        : quoted(random);
    case 'timestamp':
      if (isField) return same(random.pick(['state.t1', 'state.t2', 'now']));
      return same(`timestamp("${random.pick(TIMESTAMPS)}")`);
    case 'duration':
      return same(isField ? random.pick(['state.u1', 'state.u2']) : `duration("${random.pick(DURATIONS)}")`);
    case 'strings':
      return isField ? same('state.ls') : list([quoted(random), quoted(random)]);
    case 'integers':
      return isField
        ? same(random.pick(['state.li', 'state.r.l']))
        : list([leaf('integer', random), leaf('integer', random)]);
  }
}

function growBoolean(draw: Draw): Twin {
  const { random } = draw;
  const grow = random.pick([
    junction,
    junction,
    negation,
    comparison,
    comparison,
    comparison,
    membership,
    textTest,
    presence,
  ]);
  return grow(draw);
}

function junction(draw: Draw): Twin {
  const { random } = draw;
  const kind = random.pick(['and', 'or'] as const);
  const level = LEVEL[kind];
  const parts = Array.from({ length: random.int(2, 3) }, () => generate('boolean', draw));
  const symbol = kind === 'and' ? '&&' : '||';
  const word = random.chance(0.5) ? kind : symbol;
  const join = (written: Written[], operator: string): Written => ({
    text: written.map((part, index) => within(part, index === 0 ? level : level + 1)).join(` ${operator} `),
    level,
  });
  return {
    ours: join(
      parts.map(({ ours }) => ours),
      word,
    ),
    cel: join(
      parts.map(({ cel }) => cel),
      symbol,
    ),
  };
}

function negation(draw: Draw): Twin {
  const operand = generate('boolean', draw);
  const cel = { text: `!${within(operand.cel, LEVEL.prefix)}`, level: LEVEL.prefix };
  const isWord = draw.random.chance(0.5);
  const ours = isWord
    ? { text: `not ${within(operand.ours, LEVEL.not)}`, level: LEVEL.not }
    : { text: `!${within(operand.ours, LEVEL.prefix)}`, level: LEVEL.prefix };
  return { ours, cel };
}

const NUMBERS = ['integer', 'decimal', 'money'] as const;
const ORDERED = ['integer', 'decimal', 'money', 'string', 'timestamp', 'duration'] as const;

function comparison(draw: Draw): Twin {
  const { random } = draw;
  if (random.chance(0.15)) return compareNumbers(draw);
  if (random.chance(0.1)) return compareJson(draw);
  const isEquality = random.chance(0.4);
  const wanted: Wanted = random.pick(isEquality ? [...ORDERED, 'boolean', 'strings', 'integers'] : ORDERED);
  return infix(equalityOr(random, isEquality), [generate(wanted, draw), generate(wanted, draw)]);
}

/** Numbers of unlike types: CEL has to be told that both are doubles. */
function compareNumbers(draw: Draw): Twin {
  const { random } = draw;
  const sides = [random.pick(NUMBERS), random.pick(NUMBERS)].map((type) =>
    asDouble(generate(type, draw), type),
  );
  return infix(equalityOr(random, random.chance(0.4)), [sides[0] ?? same('0'), sides[1] ?? same('0')]);
}

function asDouble({ ours, cel }: Twin, type: Wanted): Twin {
  return type === 'integer'
    ? { ours, cel: { text: `double(${cel.text})`, level: LEVEL.value } }
    : { ours, cel };
}

function compareJson(draw: Draw): Twin {
  const [path, wanted] = draw.random.pick([
    ['state.j.i', 'integer'],
    ['state.j.s', 'string'],
    ['state.j.missing', 'integer'],
    ['state.j.l[0]', 'integer'],
  ] as const);
  return infix(equalityOr(draw.random, draw.random.chance(0.5)), [same(path), generate(wanted, draw)]);
}

function equalityOr(random: Seeded, isEquality: boolean): string {
  return random.pick(isEquality ? ['==', '!='] : ['<', '<=', '>', '>=']);
}

function infix(operator: string, [left, right]: readonly [Twin, Twin]): Twin {
  const write = (a: Written, b: Written): Written => ({
    text: `${within(a, LEVEL.sum)} ${operator} ${within(b, LEVEL.sum)}`,
    level: LEVEL.compare,
  });
  return { ours: write(left.ours, right.ours), cel: write(left.cel, right.cel) };
}

function membership(draw: Draw): Twin {
  const { random } = draw;
  const [one, many] = random.pick([
    ['string', 'strings'],
    ['integer', 'integers'],
  ] as const);
  const element = generate(one, draw);
  const whole = generate(many, draw);
  const { ours, cel } = infix('in', [element, whole]);
  if (random.chance(0.2)) return { ours: call(whole.ours, 'contains', [element.ours]), cel };
  if (random.chance(0.6)) return { ours, cel };
  return {
    ours: {
      text: `${within(element.ours, LEVEL.sum)} not in ${within(whole.ours, LEVEL.sum)}`,
      level: LEVEL.compare,
    },
    cel: { text: `!(${cel.text})`, level: LEVEL.prefix },
  };
}

function textTest(draw: Draw): Twin {
  const { random } = draw;
  const [whole, part] = [generate('string', draw), generate('string', draw)];
  const [ours, cel] = random.pick([
    ['startsWith', 'startsWith'],
    ['starts_with', 'startsWith'],
    ['endsWith', 'endsWith'],
    ['ends_with', 'endsWith'],
    ['contains', 'contains'],
  ] as const);
  return { ours: call(whole.ours, ours, [part.ours]), cel: call(whole.cel, cel, [part.cel]) };
}

function presence({ random }: Draw): Twin {
  return same(
    `has(${random.pick(['state.i3', 'state.s3', 'state.b3', 'state.i1', 'state.r.s', 'state.j.s', 'state.j.missing'])})`,
  );
}

function growInteger(draw: Draw): Twin {
  const { random } = draw;
  if (random.chance(0.15)) {
    const operand = generate(random.pick(['string', 'strings', 'integers']), draw);
    const isMethod = random.chance(0.5);
    const write = (of: Written): Written =>
      isMethod ? call(of, 'size', []) : { text: `size(${of.text})`, level: LEVEL.value };
    return { ours: write(operand.ours), cel: write(operand.cel) };
  }
  if (random.chance(0.15)) return minus(generate('integer', draw));
  if (random.chance(0.3)) return leaf('integer', random);
  const result = reckon(random.pick(['+', '-', '*', '/', '%']), [
    generate('integer', draw),
    generate('integer', draw),
  ]);
  draw.reckoned.push(result.ours.text);
  return result;
}

/** Decimals and money: sums of anything, products of leaves, so that doubles stay exact. */
function growExact(wanted: 'decimal' | 'money', draw: Draw): Twin {
  const { random } = draw;
  if (random.chance(0.15)) return minus(generate(wanted, draw));
  if (random.chance(0.3)) {
    const other = random.chance(0.5)
      ? leaf('decimal', random)
      : asDouble(numeral(String(random.int(0, 9))), 'integer');
    return reckon('*', [leaf(wanted, random), other]);
  }
  const other = random.chance(0.7) ? generate(wanted, draw) : leaf('decimal', random);
  return reckon(random.pick(['+', '-']), [generate(wanted, draw), other]);
}

function growString(draw: Draw): Twin {
  const { random } = draw;
  if (random.chance(0.6)) return leaf('string', random);
  return reckon('+', [generate('string', draw), generate('string', draw)]);
}

function growTimestamp(draw: Draw): Twin {
  const { random } = draw;
  if (random.chance(0.5)) return leaf('timestamp', random);
  return reckon(random.pick(['+', '-']), [generate('timestamp', draw), generate('duration', draw)]);
}

function growDuration(draw: Draw): Twin {
  const { random } = draw;
  if (random.chance(0.5)) return leaf('duration', random);
  return reckon(random.pick(['+', '-']), [generate('duration', draw), generate('duration', draw)]);
}

function growList(of: 'string' | 'integer'): (draw: Draw) => Twin {
  return (draw) => {
    if (draw.random.chance(0.5)) return leaf(of === 'string' ? 'strings' : 'integers', draw.random);
    return list(Array.from({ length: draw.random.int(1, 10) }, () => generate(of, { ...draw, depth: 0 })));
  };
}

function choice(wanted: Wanted, draw: Draw): Twin {
  const [condition, yes, no] = [generate('boolean', draw), generate(wanted, draw), generate(wanted, draw)];
  const write = (test: Written, a: Written, b: Written): Written => ({
    text: `${within(test, LEVEL.or)} ? ${a.text} : ${b.text}`,
    level: LEVEL.choice,
  });
  return { ours: write(condition.ours, yes.ours, no.ours), cel: write(condition.cel, yes.cel, no.cel) };
}

function reckon(operator: string, [left, right]: readonly [Twin, Twin]): Twin {
  const level = operator === '+' || operator === '-' ? LEVEL.sum : LEVEL.product;
  const write = (a: Written, b: Written): Written => ({
    text: `${within(a, level)} ${operator} ${within(b, level + 1)}`,
    level,
  });
  return { ours: write(left.ours, right.ours), cel: write(left.cel, right.cel) };
}

function minus(operand: Twin): Twin {
  const write = (of: Written): Written => ({ text: `-${within(of, LEVEL.prefix)}`, level: LEVEL.prefix });
  return { ours: write(operand.ours), cel: write(operand.cel) };
}

function call(of: Written, name: string, args: readonly Written[]): Written {
  const list = args.map(({ text }) => text).join(', ');
  return { text: `${within(of, LEVEL.value)}.${name}(${list})`, level: LEVEL.value };
}

function list(items: readonly Twin[]): Twin {
  const write = (written: readonly Written[]): Written => ({
    text: `[${written.map(({ text }) => text).join(', ')}]`,
    level: LEVEL.value,
  });
  return { ours: write(items.map(({ ours }) => ours)), cel: write(items.map(({ cel }) => cel)) };
}

function quoted(random: Seeded): Twin {
  const text = random.pick(TEXTS);
  const quote = random.pick(['"', "'"]);
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
  return same(`${quote}${escaped}${quote}`);
}

function numeral(text: string): Twin {
  return same(text, text.startsWith('-') ? LEVEL.prefix : LEVEL.value);
}

/** CEL reads a number without a dot as an integer. */
function dotted(text: string): string {
  return text.includes('.') ? text : `${text}.0`;
}

function same(text: string, level: number = LEVEL.value): Twin {
  return { ours: { text, level }, cel: { text, level } };
}

function twin(ours: string, cel: string): Twin {
  return { ours: { text: ours, level: LEVEL.value }, cel: { text: cel, level: LEVEL.value } };
}

/** The text, in parentheses if it binds less than its place needs. */
function within({ text, level }: Written, needed: number): string {
  return level < needed ? `(${text})` : text;
}
