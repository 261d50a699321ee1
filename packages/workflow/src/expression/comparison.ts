/**
 * Comparisons, and `in`. Numbers of any type compare exactly with each other; nothing else compares with another type,
 * but `json`, which is looked at when it is evaluated.
 */
import type { Json } from '../types.ts';
import { compare, compareText, decimalOfNumber, type Yardstick, yardstick } from './decimal.ts';
import { Refusal } from './refusal.ts';
import type { CompareOperator } from './syntax.ts';
import { areDisjoint, canEqual, canOrder, EMPTY_LIST, isNumeric, nameOf, type Type } from './typing.ts';
import { decoder, Fault, isDecimal, isNumeral, isRecord, type Node, type Run, type Value } from './value.ts';

type Place = { text: string; at: number };
/** Whether an order (below zero, zero, above zero) is what an operator asks for. */
type Holds = (order: number) => boolean;
/** Equality of two values that are no faults. */
type Equals = (a: Value, b: Value) => boolean | Fault;

const HOLDS: Readonly<Record<CompareOperator, Holds>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
/** From here on a set is quicker than looking at one after the other. */
const SET_FROM = 8;

/** `left operator right`; true, false or a fault. */
export function compileComparison(
  it: { operator: CompareOperator; left: Node; right: Node },
  place: Place,
): Node {
  const { operator, left, right } = it;
  const isEquality = operator === '==' || operator === '!=';
  mustCompare({ left, right, place, isEquality });
  if (isEquality) return condition(equalityRun({ left, right, place, isNegated: operator === '!=' }), place);
  const measured =
    measuredRun(left, right, HOLDS[operator]) ?? measuredRun(right, left, HOLDS[MIRRORED[operator]]);
  return condition(measured ?? orderRun({ left, right, place, holds: HOLDS[operator] }), place);
}

/** `left in right`: from the left, up to the first element that is equal. */
export function compileIn(it: { left: Node; right: Node; isNegated: boolean }, place: Place): Node {
  const { left, right, isNegated } = it;
  const run = right.type.type === 'json' ? inJsonRun(left, right, place) : inListRun(left, right, place);
  if (!isNegated) return condition(run, place);
  return condition((scope) => {
    const value = run(scope);
    return typeof value === 'boolean' ? !value : value;
  }, place);
}

function mustCompare(it: { left: Node; right: Node; place: Place; isEquality: boolean }): void {
  const { left, right, place, isEquality } = it;
  const [a, b] = [left.type, right.type];
  if (isEquality && (a.type === 'null' || b.type === 'null')) {
    mustBeNullable(left, right);
    return;
  }
  if (!(isEquality ? canEqual(a, b) : canOrder(a, b))) {
    const hint = hintFor(a, b);
    const message = `${left.text} is ${nameOf(a)} and ${right.text} ${nameOf(b)}: they do not compare.${hint}`;
    throw new Refusal('type_mismatch', message, place.at);
  }
  if (isEquality) mustShare(left, right);
}

function hintFor(a: Type, b: Type): string {
  if (a.type === 'json' || b.type === 'json') return ' Convert the json first, as in timestamp(x).';
  const isTextAndNumber = (x: Type, y: Type) => x.type === 'string' && isNumeric(y);
  if (isTextAndNumber(a, b) || isTextAndNumber(b, a)) return ' A text that is a number is decimal(x).';
  return '';
}

/** A value that is always there is never null: whoever asks means something else. */
function mustBeNullable(left: Node, right: Node): void {
  for (const { type, path, text, at } of [left, right]) {
    if (type.type === 'null' || type.type === 'json' || path?.isOptional === true) continue;
    throw new Refusal('type_mismatch', `${text} is ${nameOf(type)}, never null.`, at);
  }
}

/** A text that a field can never have is a slip of the pen. */
function mustShare(left: Node, right: Node): void {
  const field = left.path === undefined ? right : left;
  if (field.path === undefined || !areDisjoint(left.type, right.type)) return;
  throw neverEqual(field, field === left ? right : left);
}

function neverEqual(field: Node, other: { text: string; at: number }): Refusal {
  const known = valuesOf(field.type);
  const message = `${field.text} is never ${other.text}: it is ${quotedList(known)}.`;
  return new Refusal('never_equal', message, other.at);
}

function valuesOf(type: Type): readonly string[] {
  if (type.type === 'list') return valuesOf(type.of);
  return type.type === 'string' ? (type.values ?? []) : [];
}

function quotedList(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(' or ');
}

function condition(run: Run, place: Place): Node {
  return { type: { type: 'boolean' }, run, ...place, constant: undefined, path: undefined };
}

function equalityRun(it: { left: Node; right: Node; place: Place; isNegated: boolean }): Run {
  const { left, right, place, isNegated } = it;
  const holds = isNegated ? HOLDS['!='] : HOLDS['=='];
  const measured = measuredRun(left, right, holds) ?? measuredRun(right, left, holds);
  if (measured !== undefined) return measured;
  if (left.type.type === 'string' && right.type.type === 'string') return stringsRun(left, right, isNegated);
  const equals = equalsOf(left.type, right.type, place.text);
  return (scope) => {
    const a = left.run(scope);
    const b = right.run(scope);
    if (a instanceof Fault) return a;
    if (b instanceof Fault) return b;
    const isEqual = equals(a, b);
    return typeof isEqual === 'boolean' ? isEqual !== isNegated : isEqual;
  };
}

function stringsRun(left: Node, right: Node, isNegated: boolean): Run {
  if (typeof right.constant === 'string') {
    const { constant } = right;
    return (scope) => {
      const a = left.run(scope);
      return typeof a === 'string' ? (a === constant) !== isNegated : a;
    };
  }
  return (scope) => {
    const a = left.run(scope);
    const b = right.run(scope);
    if (typeof a === 'string' && typeof b === 'string') return (a === b) !== isNegated;
    return a instanceof Fault ? a : b;
  };
}

/** An amount of the state against a constant: the quick way, and the most common condition of all. */
function measuredRun(field: Node, constant: Node, holds: Holds): Run | undefined {
  const { path, type, run } = field;
  if (path === undefined || (type.type !== 'money' && type.type !== 'decimal')) return undefined;
  if (!isNumeral(constant.constant)) return undefined;
  const against = yardstick(constant.constant);
  const { raw } = path;
  return (scope) => {
    const text = raw(scope);
    const order = typeof text === 'string' ? compareText(text, against) : Number.NaN;
    return Number.isNaN(order) ? measuredSlowly(run(scope), against, holds) : holds(order);
  };
}

function measuredSlowly(value: Value, { value: constant }: Yardstick, holds: Holds): Value {
  return isNumeral(value) ? holds(compare(value, constant)) : value;
}

function orderRun(it: { left: Node; right: Node; place: Place; holds: Holds }): Run {
  const { left, right, place, holds } = it;
  const wrong = new Fault('wrong_type', place.text);
  const overflow = new Fault('overflow', place.text);
  return (scope) => {
    const a = left.run(scope);
    const b = right.run(scope);
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return holds(Number(a) - Number(b));
    if (a instanceof Fault) return a;
    if (b instanceof Fault) return b;
    if (typeof a === 'string' && typeof b === 'string') return holds(a < b ? -1 : a > b ? 1 : 0);
    if (!isNumeral(a) || !isNumeral(b)) return wrong;
    const [x, y] = [exact(a), exact(b)];
    return x === undefined || y === undefined ? overflow : holds(compare(x, y));
  };
}

/** A number of JSON may have a fraction; what its shortest text says is what it is. */
function exact(value: Value) {
  return typeof value === 'number' ? decimalOfNumber(value) : isDecimal(value) ? value : undefined;
}

function equalsOf(a: Type, b: Type, what: string): Equals {
  if (a.type === 'list' && b.type === 'list') return listEquals(a, b, what);
  const isPlain = (type: Type) => type.type !== 'json' && type.type !== 'null';
  if (isPlain(a) && isPlain(b)) {
    return (x, y) => (isNumeral(x) && isNumeral(y) ? compare(x, y) === 0 : x === y);
  }
  const wrong = new Fault('wrong_type', what);
  const overflow = new Fault('overflow', what);
  return (x, y) => {
    if (x === null || y === null) return x === y;
    if (isNumeral(x) && isNumeral(y)) {
      const [p, q] = [exact(x), exact(y)];
      return p === undefined || q === undefined ? overflow : compare(p, q) === 0;
    }
    return typeof x !== typeof y || typeof x === 'object' ? wrong : x === y;
  };
}

function listEquals(a: { of: Type }, b: { of: Type }, what: string): Equals {
  const [decodeA, decodeB] = [decoder(a.of, what), decoder(b.of, what)];
  const equals = equalsOf(a.of, b.of, what);
  const wrong = new Fault('wrong_type', what);
  return (x, y) => {
    if (!Array.isArray(x) || !Array.isArray(y)) return wrong;
    if (x.length !== y.length) return false;
    for (const [index, raw] of x.entries()) {
      const isEqual = equalDecoded(decodeA(raw), decodeB(y[index]), equals);
      if (isEqual !== true) return isEqual;
    }
    return true;
  };
}

function equalDecoded(a: Value, b: Value, equals: Equals): boolean | Fault {
  if (a instanceof Fault) return a;
  return b instanceof Fault ? b : equals(a, b);
}

function inListRun(left: Node, right: Node, place: Place): Run {
  const { type } = right;
  if (type.type !== 'list') {
    const hint = type.type === 'string' ? ` Write ${right.text}.contains(${left.text}).` : '';
    throw new Refusal(
      'type_mismatch',
      `${right.text} is ${nameOf(type)}; "in" looks in lists.${hint}`,
      right.at,
    );
  }
  mustHold(left, right, type.of);
  const constants = constantStrings(left, right);
  if (constants !== undefined) return inStringsRun(left, constants);
  const decode = decoder(type.of, right.text);
  const equals = equalsOf(left.type, type.of, place.text);
  return (scope) => {
    const value = left.run(scope);
    const list = right.run(scope);
    if (value instanceof Fault) return value;
    if (!Array.isArray(list)) return list;
    for (const raw of list) {
      const isEqual = equalDecoded(value, decode(raw), equals);
      if (isEqual !== false) return isEqual;
    }
    return false;
  };
}

function mustHold(left: Node, right: Node, of: Type): void {
  if (right.type === EMPTY_LIST) return;
  if (!canEqual(left.type, of)) {
    const message = `${left.text} is ${nameOf(left.type)}, never in ${nameOf(right.type)}.`;
    throw new Refusal('type_mismatch', message, left.at);
  }
  if (right.path !== undefined && areDisjoint(left.type, of)) throw neverEqual(right, left);
  const values = left.path === undefined ? [] : valuesOf(left.type);
  if (values.length === 0 || !Array.isArray(right.constant)) return;
  const stray = right.constant.find((item) => typeof item === 'string' && !values.includes(item));
  if (stray !== undefined) throw neverEqual(left, { text: JSON.stringify(stray), at: right.at });
}

function constantStrings(left: Node, right: Node): readonly string[] | undefined {
  if (left.type.type !== 'string' || !Array.isArray(right.constant)) return undefined;
  const items: readonly Json[] = right.constant;
  return items.every((item) => typeof item === 'string') ? items : undefined;
}

function inStringsRun({ run }: Node, items: readonly string[]): Run {
  if (items.length >= SET_FROM) {
    const set = new Set(items);
    return (scope) => {
      const value = run(scope);
      return typeof value === 'string' ? set.has(value) : value;
    };
  }
  return (scope) => {
    const value = run(scope);
    return typeof value === 'string' ? items.includes(value) : value;
  };
}

/** A list of JSON by its elements, an object by the names of its members. */
function inJsonRun(left: Node, right: Node, place: Place): Run {
  if (!canEqual(left.type, right.type)) {
    throw new Refusal(
      'type_mismatch',
      `${left.text} is ${nameOf(left.type)}; json has no such values.`,
      left.at,
    );
  }
  const equals = equalsOf(left.type, right.type, place.text);
  const wrong = new Fault('wrong_type', right.text);
  return (scope) => {
    const value = left.run(scope);
    const within = right.run(scope);
    if (value instanceof Fault || within instanceof Fault) return value instanceof Fault ? value : within;
    if (isRecord(within)) return typeof value === 'string' ? Object.hasOwn(within, value) : wrong;
    if (!Array.isArray(within)) return wrong;
    for (const item of within) {
      const isEqual = equals(value, item);
      if (isEqual !== false) return isEqual;
    }
    return false;
  };
}
