/**
 * `+ - * / %` and the minus in front. Integers stay within ±(2^53 − 1) and divide towards zero; decimals and money are
 * exact and do not divide; texts join; instants and spans of time add up.
 */
import { LIMITS } from '@holdfast/base';
import { add, decimalOfNumber, multiply, type Numeric, negate, subtract } from './decimal.ts';
import { Refusal } from './refusal.ts';
import type { ArithmeticOperator } from './syntax.ts';
import { isNumeric, nameOf, type Type, widest } from './typing.ts';
import { Fault, isDecimal, type Node, type Run, timestampOr, type Value } from './value.ts';

type Place = { text: string; at: number };
type Operands = { operator: ArithmeticOperator; left: Node; right: Node };

/** `left operator right`. */
export function compileArithmetic(it: Operands, place: Place): Node {
  const built = joined(it, place) ?? timed(it, place) ?? counted(it, place) ?? reckoned(it, place);
  if (built === undefined) throw refused(it, place);
  return { ...built, ...place, constant: undefined, path: undefined };
}

/** `-operand`. */
export function compileNegation(operand: Node, place: Place): Node {
  const { type, run, text } = operand;
  if (!isNumeric(type) && type.type !== 'json' && type.type !== 'duration') {
    throw new Refusal('type_mismatch', `${text} is ${nameOf(type)}: it has no minus.`, place.at);
  }
  const numeric = type.type === 'json' ? numericRun(operand) : run;
  const negated: Run = (scope) => {
    const value = numeric(scope);
    return typeof value === 'number' || isDecimal(value) ? negate(value) : value;
  };
  const result: Type = type.type === 'json' ? { type: 'decimal' } : type;
  return { type: result, run: negated, ...place, constant: undefined, path: undefined };
}

/** A number, or why it is none; `json` is asked what it is. */
export function numericRun({ type, run, text }: Node): Run {
  if (type.type !== 'json') return run;
  const [wrong, overflow] = [new Fault('wrong_type', text), new Fault('overflow', text)];
  return (scope) => {
    const value = run(scope);
    if (typeof value === 'number') return decimalOfNumber(value) ?? overflow;
    return value instanceof Fault ? value : wrong;
  };
}

type Built = { type: Type; run: Run } | undefined;

function joined({ operator, left, right }: Operands, { text }: Place): Built {
  const types = [left.type.type, right.type.type];
  const isText = types.includes('string') && types.every((type) => type === 'string' || type === 'json');
  if (operator !== '+' || !isText) return undefined;
  const [wrong, overflow] = [new Fault('wrong_type', text), new Fault('overflow', text)];
  const run: Run = (scope) => {
    const [a, b] = [left.run(scope), right.run(scope)];
    if (a instanceof Fault) return a;
    if (b instanceof Fault) return b;
    if (typeof a !== 'string' || typeof b !== 'string') return wrong;
    return a.length + b.length > LIMITS.expressionTextCharsMax ? overflow : a + b;
  };
  return { type: { type: 'string' }, run };
}

/** What becomes of times: by the operator and the types on both sides. */
const TIMES: Readonly<Record<string, 'timestamp' | 'duration'>> = {
  'timestamp + duration': 'timestamp',
  'duration + timestamp': 'timestamp',
  'timestamp - duration': 'timestamp',
  'timestamp - timestamp': 'duration',
  'duration + duration': 'duration',
  'duration - duration': 'duration',
};

function timed({ operator, left, right }: Operands, { text }: Place): Built {
  const type = TIMES[`${left.type.type} ${operator} ${right.type.type}`];
  if (type === undefined) return undefined;
  const sign = operator === '-' ? -1 : 1;
  const overflow = new Fault('overflow', text);
  const run = onNumbers(left, right, (a, b) => {
    const ms = a + sign * b;
    if (!Number.isSafeInteger(ms)) return overflow;
    return type === 'timestamp' ? timestampOr(ms, text) : ms;
  });
  return { type: { type }, run };
}

/** Integers: `/` and `%` take nothing else, and what they take of `json` must be one. */
function counted(it: Operands, { text }: Place): Built {
  const { operator } = it;
  const isDivision = operator === '/' || operator === '%';
  const allowed = isDivision ? ['integer', 'json'] : ['integer'];
  if (![it.left, it.right].every(({ type }) => allowed.includes(type.type))) return undefined;
  const [left, right] = isDivision ? [wholeNumber(it.left), wholeNumber(it.right)] : [it.left, it.right];
  const [overflow, byZero] = [new Fault('overflow', text), new Fault('divide_by_zero', text)];
  const bounded = (value: number) => (Number.isSafeInteger(value) ? value + 0 : overflow);
  const reckon: Readonly<Record<ArithmeticOperator, (a: number, b: number) => Value>> = {
    '+': (a, b) => bounded(a + b),
    '-': (a, b) => bounded(a - b),
    '*': (a, b) => bounded(a * b),
    '/': (a, b) => (b === 0 ? byZero : Math.trunc(a / b) + 0),
    '%': (a, b) => (b === 0 ? byZero : (a % b) + 0),
  };
  return { type: { type: 'integer' }, run: onNumbers(left, right, reckon[operator]) };
}

function wholeNumber(node: Node): Pick<Node, 'run'> {
  if (node.type.type !== 'json') return node;
  const wrong = new Fault('wrong_type', node.text);
  return {
    run: (scope) => {
      const value = node.run(scope);
      return Number.isSafeInteger(value) || value instanceof Fault ? value : wrong;
    },
  };
}

function onNumbers(
  left: Pick<Node, 'run'>,
  right: Pick<Node, 'run'>,
  reckon: (a: number, b: number) => Value,
): Run {
  return (scope) => {
    const a = left.run(scope);
    const b = right.run(scope);
    if (typeof a === 'number' && typeof b === 'number') return reckon(a, b);
    return a instanceof Fault ? a : b;
  };
}

const EXACT: Readonly<Record<'+' | '-' | '*', (a: Numeric, b: Numeric) => Numeric | undefined>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
};

/** Decimals and money. An amount times an amount is no amount. */
function reckoned({ operator, left, right }: Operands, { text }: Place): Built {
  if (operator === '/' || operator === '%') return undefined;
  const types = [left.type, right.type];
  if (!types.some(isNumeric) || !types.every((type) => isNumeric(type) || type.type === 'json'))
    return undefined;
  if (operator === '*' && types.every(({ type }) => type === 'money')) return undefined;
  const [runLeft, runRight] = [numericRun(left), numericRun(right)];
  const reckon = EXACT[operator];
  const overflow = new Fault('overflow', text);
  const run: Run = (scope) => {
    const [a, b] = [runLeft(scope), runRight(scope)];
    const isFirst = typeof a === 'number' || isDecimal(a);
    if (isFirst && (typeof b === 'number' || isDecimal(b))) return reckon(a, b) ?? overflow;
    return isFirst ? b : a;
  };
  return { type: widest(left.type, right.type), run };
}

function refused({ operator, left, right }: Operands, { at }: Place): Refusal {
  const [a, b] = [left.type, right.type];
  const message = `${left.text} is ${nameOf(a)} and ${right.text} ${nameOf(b)}: "${operator}" does not take them.`;
  return new Refusal('type_mismatch', message + hintFor(operator, a, b), at);
}

function hintFor(operator: ArithmeticOperator, a: Type, b: Type): string {
  if (a.type === 'json' && b.type === 'json') return ' Say what they are: decimal(x).';
  if (operator === '*' && a.type === 'money' && b.type === 'money')
    return ' An amount is no factor: decimal(x).';
  if ((operator === '/' || operator === '%') && isNumeric(a) && isNumeric(b))
    return ' Only integers divide: multiply by a decimal instead, as in x * 0.25.';
  return '';
}
