/** Which types go together. What is `json` goes with most of them, and is looked at when it is evaluated. */
import type { FieldType } from '../types.ts';

/** Types inside an expression: those of fields, and that of `null`. */
export type Type = FieldType | { type: 'null' };

const NUMERIC: readonly string[] = ['integer', 'decimal', 'money'];
/** What a value of `json` can be compared with: JSON has no texts that are amounts or times. */
const PLAIN: readonly string[] = [...NUMERIC, 'boolean', 'string', 'null', 'json'];

/** Whether a type is a number; the wider ones come later: integer, decimal, money. */
export function isNumeric({ type }: Type): boolean {
  return NUMERIC.includes(type);
}

/** A type in words: `a list of money`, `an integer`. */
export function nameOf(type: Type): string {
  if (type.type === 'list') return type.of.type === 'list' ? 'a list of lists' : `a list of ${type.of.type}`;
  if (type.type === 'integer') return 'an integer';
  return ['money', 'json', 'null'].includes(type.type) ? type.type : `a ${type.type}`;
}

/** The wider of two numeric types, where one may be `json`: its numbers count as decimals. */
export function widest(a: Type, b: Type): { type: 'integer' | 'decimal' | 'money' } {
  const types = [a.type, b.type];
  if (types.includes('money')) return { type: 'money' };
  return { type: a.type === 'integer' && b.type === 'integer' ? 'integer' : 'decimal' };
}

/** Whether `==` may ask it. Records are compared field by field, by whoever asks. */
export function canEqual(a: Type, b: Type): boolean {
  if (a.type === 'json' || b.type === 'json') return PLAIN.includes(a.type) && PLAIN.includes(b.type);
  if (a.type === 'list' && b.type === 'list') return isEmptyList(a) || isEmptyList(b) || canEqual(a.of, b.of);
  if (a.type === 'record' || b.type === 'record') return false;
  return a.type === b.type || (isNumeric(a) && isNumeric(b));
}

/** Whether `<` may ask it. */
export function canOrder(a: Type, b: Type): boolean {
  if ([a.type, b.type].some((type) => ['boolean', 'null', 'list', 'record'].includes(type))) return false;
  return canEqual(a, b);
}

/** Whether two string types, each with a list of its values, have none in common. */
export function areDisjoint(a: Type, b: Type): boolean {
  if (a.type !== 'string' || b.type !== 'string' || a.values === undefined || b.values === undefined)
    return false;
  const { values } = b;
  return !a.values.some((value) => values.includes(value));
}

/** The type of "one or the other", or undefined when there is none. */
export function unify(a: Type, b: Type): Type | undefined {
  if (a.type === 'string' && b.type === 'string') return unifyStrings(a.values, b.values);
  if (isNumeric(a) && isNumeric(b)) return widest(a, b);
  if (a.type === 'list' && b.type === 'list') return unifyLists(a, b);
  if (a.type === 'record' && b.type === 'record') return { type: 'json' };
  if (a.type === b.type) return a;
  return [a.type, b.type].some((type) => type === 'json' || type === 'null') ? { type: 'json' } : undefined;
}

/** The type of `[]`: its elements are of any type. */
export const EMPTY_LIST = { type: 'list', of: { type: 'json' } } as const satisfies Type;

function isEmptyList(type: Type): boolean {
  return type === EMPTY_LIST;
}

function unifyStrings(a: readonly string[] | undefined, b: readonly string[] | undefined): Type {
  if (a === undefined || b === undefined) return { type: 'string' };
  return { type: 'string', values: [...new Set([...a, ...b])] };
}

function unifyLists(a: { of: FieldType }, b: { of: FieldType }): Type | undefined {
  if (a === EMPTY_LIST) return { type: 'list', of: b.of };
  if (b === EMPTY_LIST) return { type: 'list', of: a.of };
  const of = unify(a.of, b.of);
  if (of === undefined || of.type === 'null') return undefined;
  // Elements are JSON already, so a list of one and a list of the other differ only in how they are read.
  return JSON.stringify(a.of) === JSON.stringify(b.of) || of.type === 'string'
    ? { type: 'list', of }
    : undefined;
}
