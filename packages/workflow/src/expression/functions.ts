/** The functions of the language. There are no others, and none can be added: each of them ends and changes nothing. */
import { LIMITS, must } from '@holdfast/base';
import { numericRun } from './arithmetic.ts';
import { compileIn } from './comparison.ts';
import { absolute, compare, decimalOfNumber, readDecimal } from './decimal.ts';
import { compileGlob, GLOB_CHARS_MAX } from './glob.ts';
import { didYouMean } from './nearest.ts';
import { Refusal } from './refusal.ts';
import { readDuration, readTimestamp } from './time.ts';
import { isNumeric, nameOf, type Type, unify } from './typing.ts';
import { Fault, isNumeral, isRecord, type Node, type Run, type Value } from './value.ts';

type Place = { text: string; at: number };
type Build = (args: readonly Node[], place: Place) => Pick<Node, 'type' | 'run'> & Partial<Node>;
type Spec = { least: number; most: number; usage: string; build: Build };

const COMPARED_MAX = 8;

const FUNCTIONS: ReadonlyMap<string, Spec> = new Map<string, Spec>([
  ['size', { least: 1, most: 1, usage: 'size(x)', build: size }],
  ['startsWith', { least: 2, most: 2, usage: 'x.startsWith(y)', build: onTexts((a, b) => a.startsWith(b)) }],
  [
    'starts_with',
    { least: 2, most: 2, usage: 'x.starts_with(y)', build: onTexts((a, b) => a.startsWith(b)) },
  ],
  ['endsWith', { least: 2, most: 2, usage: 'x.endsWith(y)', build: onTexts((a, b) => a.endsWith(b)) }],
  ['ends_with', { least: 2, most: 2, usage: 'x.ends_with(y)', build: onTexts((a, b) => a.endsWith(b)) }],
  ['contains', { least: 2, most: 2, usage: 'x.contains(y)', build: contains }],
  ['glob', { least: 2, most: 2, usage: 'glob(x, "A*")', build: glob }],
  ['min', { least: 2, most: COMPARED_MAX, usage: 'min(x, y)', build: extreme(-1) }],
  ['max', { least: 2, most: COMPARED_MAX, usage: 'max(x, y)', build: extreme(1) }],
  ['abs', { least: 1, most: 1, usage: 'abs(x)', build: magnitude }],
  ['decimal', { least: 1, most: 1, usage: 'decimal("1.5")', build: toDecimal }],
  ['timestamp', { least: 1, most: 1, usage: 'timestamp("2026-01-31T12:00:00Z")', build: read('timestamp') }],
  ['duration', { least: 1, most: 1, usage: 'duration("5m")', build: read('duration') }],
]);

/** `name(args)`, and `first.name(rest)`. */
export function compileCall(name: string, args: readonly Node[], place: Place & { mark: number }): Node {
  const spec = FUNCTIONS.get(name);
  if (spec === undefined) {
    const hint = didYouMean(name, ['has', ...FUNCTIONS.keys()]);
    throw new Refusal('unknown_function', `There is no function "${name}".${hint}`, place.mark);
  }
  if (args.length < spec.least || args.length > spec.most) {
    throw new Refusal('type_mismatch', `Write ${spec.usage}; here are ${args.length} values.`, place.mark);
  }
  const { text, at } = place;
  return { constant: undefined, path: undefined, ...spec.build(args, { text, at }), text, at };
}

function size(args: readonly Node[]): ReturnType<Build> {
  const [of] = pair(args);
  mustBe(of, ['string', 'list', 'json']);
  const wrong = new Fault('wrong_type', of.text);
  const run: Run = (scope) => {
    const value = of.run(scope);
    if (typeof value === 'string') return codePoints(value);
    if (Array.isArray(value)) return value.length;
    if (isRecord(value)) return Object.keys(value).length;
    return value instanceof Fault ? value : wrong;
  };
  return { type: { type: 'integer' }, run };
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count += 1;
  return count;
}

function onTexts(test: (a: string, b: string) => boolean): Build {
  return (args) => {
    const [text, part] = pair(args);
    for (const node of [text, part]) mustBe(node, ['string', 'json']);
    const [wrongText, wrongPart] = [new Fault('wrong_type', text.text), new Fault('wrong_type', part.text)];
    const run: Run = (scope) => {
      const a = text.run(scope);
      const b = part.run(scope);
      if (typeof a === 'string' && typeof b === 'string') return test(a, b);
      if (typeof a !== 'string') return a instanceof Fault ? a : wrongText;
      return b instanceof Fault ? b : wrongPart;
    };
    return { type: { type: 'boolean' }, run };
  };
}

/** A part of a text, or an element of a list; of `json`, whichever it turns out to be. */
function contains(args: readonly Node[], place: Place): ReturnType<Build> {
  const [whole, part] = pair(args);
  if (whole.type.type === 'string') return onTexts((a, b) => a.includes(b))(args, place);
  mustBe(whole, ['list', 'json']);
  const among = compileIn({ left: part, right: whole, isNegated: false }, place);
  if (whole.type.type === 'list' || part.type.type !== 'string') return among;
  const within = onTexts((a, b) => a.includes(b))(args, place);
  const run: Run = (scope) => (typeof whole.run(scope) === 'string' ? within.run(scope) : among.run(scope));
  return { type: { type: 'boolean' }, run };
}

function glob(args: readonly Node[]): ReturnType<Build> {
  const [text, pattern] = pair(args);
  mustBe(text, ['string', 'json']);
  const matches = typeof pattern.constant === 'string' ? compileGlob(pattern.constant) : undefined;
  if (matches === undefined) {
    const message = `Write the pattern in quotes, with at most ${GLOB_CHARS_MAX} characters and no "\\" at its end.`;
    throw new Refusal('type_mismatch', message, pattern.at);
  }
  const [wrong, overflow] = [new Fault('wrong_type', text.text), new Fault('overflow', text.text)];
  const run: Run = (scope) => {
    const value = text.run(scope);
    if (typeof value !== 'string') return value instanceof Fault ? value : wrong;
    return value.length > LIMITS.expressionTextCharsMax ? overflow : matches(value);
  };
  return { type: { type: 'boolean' }, run };
}

/** The least (sign below zero) or the greatest of numbers, of instants, or of spans of time. */
function extreme(sign: -1 | 1): Build {
  return (args) => {
    const [first] = pair(args);
    let type: Type = first.type;
    for (const node of args) {
      mustBe(node, ['integer', 'decimal', 'money', 'timestamp', 'duration']);
      const both = unify(type, node.type);
      if (both === undefined) {
        const message = `${first.text} is ${nameOf(first.type)} and ${node.text} ${nameOf(node.type)}: they do not compare.`;
        throw new Refusal('type_mismatch', message, node.at);
      }
      type = both;
    }
    const run: Run = (scope) => {
      let best: Value = first.run(scope);
      for (const node of args) {
        const value = node.run(scope);
        if (!isNumeral(value)) return value;
        if (isNumeral(best) && compare(value, best) * sign > 0) best = value;
      }
      return best;
    };
    return { type, run };
  };
}

function magnitude(args: readonly Node[]): ReturnType<Build> {
  const [of] = pair(args);
  mustBe(of, ['integer', 'decimal', 'money', 'duration', 'json']);
  const numeric = numericRun(of);
  const run: Run = (scope) => {
    const value = numeric(scope);
    return isNumeral(value) ? absolute(value) : value;
  };
  return { type: of.type.type === 'json' ? { type: 'decimal' } : of.type, run };
}

/** The decimal that a text or a number of JSON stands for; of an amount, the number without its currency. */
function toDecimal(args: readonly Node[]): ReturnType<Build> {
  const [of] = pair(args);
  mustBe(of, ['string', 'integer', 'decimal', 'money', 'json']);
  const type = { type: 'decimal' } as const;
  if (isNumeric(of.type)) return { type, run: of.run };
  if (typeof of.constant === 'string') {
    const constant = readDecimal(of.constant);
    if (typeof constant !== 'string') return { type, run: () => constant, constant };
    throw new Refusal('out_of_range', 'Write a decimal such as "12.50", with at most 38 digits.', of.at);
  }
  const faults = { malformed: new Fault('wrong_type', of.text), overflow: new Fault('overflow', of.text) };
  const run: Run = (scope) => {
    const value = of.run(scope);
    if (typeof value === 'number') return decimalOfNumber(value) ?? faults.overflow;
    if (typeof value !== 'string') return value instanceof Fault ? value : faults.malformed;
    const decimal = readDecimal(value);
    return typeof decimal === 'string' ? faults[decimal] : decimal;
  };
  return { type, run };
}

const READERS = {
  timestamp: { read: readTimestamp, example: '"2026-01-31T12:00:00Z"' },
  duration: { read: readDuration, example: '"500ms", "10s", "5m", "2h" or "1d"' },
} as const;

function read(type: 'timestamp' | 'duration'): Build {
  return (args) => {
    const [of] = pair(args);
    if (of.type.type === type) return { type: { type }, run: of.run };
    mustBe(of, ['string', 'json']);
    const { read: readText, example } = READERS[type];
    if (typeof of.constant === 'string') {
      const constant = readText(of.constant);
      if (constant !== undefined) return { type: { type }, run: () => constant, constant };
      throw new Refusal('out_of_range', `Write a ${type} such as ${example}.`, of.at);
    }
    const wrong = new Fault('wrong_type', of.text);
    const run: Run = (scope) => {
      const value = of.run(scope);
      if (typeof value === 'string') return readText(value) ?? wrong;
      return value instanceof Fault ? value : wrong;
    };
    return { type: { type }, run };
  };
}

/** The first two values; the number of them has been looked at, and one alone stands for both. */
function pair(args: readonly Node[]): [Node, Node] {
  const first = must(args[0], 'a function takes at least one value');
  return [first, args[1] ?? first];
}

function mustBe({ type, text, at }: Node, allowed: readonly Type['type'][]): void {
  if (allowed.includes(type.type)) return;
  const message = `${text} is ${nameOf(type)}; here goes ${allowed.join(', ')}.`;
  throw new Refusal('type_mismatch', message, at);
}
