/**
 * Values while an expression is evaluated. Lists and records stay JSON, and so do the elements of a list; a decimal or
 * an amount is a {@link Numeric}, an instant and a span of time a number of milliseconds.
 */
import { LIMITS } from '@holdfast/base';
import { currencyOf, isCurrency } from '@holdfast/money';
import type { Json, JsonObject } from '../types.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimalText,
  fixedText,
  type Numeric,
  readDecimal,
} from './decimal.ts';
import type { EvaluationFault, Scope } from './expression.ts';
import { isTimestamp, readTimestamp, timestampText } from './time.ts';
import type { Type } from './typing.ts';

/** Why there is no value. A class, so that no JSON of the state can pass for one. */
export class Fault {
  readonly fault: EvaluationFault['fault'];
  readonly what: string;

  constructor(fault: EvaluationFault['fault'], what: string) {
    this.fault = fault;
    this.what = what;
  }
}

export type Value = Json | Decimal | Fault;
export type Run = (scope: Scope) => Value;
/** JSON as it stands in the scope; undefined where there is none. */
export type Raw = (scope: Scope) => Json | Fault | undefined;

/** A compiled part of an expression. */
export type Node = {
  type: Type;
  run: Run;
  /** Its text, for faults and problems, and where it stands in the source. */
  text: string;
  at: number;
  /** Its value, where it is the same for every scope. */
  constant: Value | undefined;
  /** What it reads of the scope, and whether that may be missing; undefined when it reckons. */
  path: { raw: Raw; isOptional: boolean } | undefined;
};

/** Reads JSON as a value of a type. What is not there, and `null`, is `missing`; another type is `wrong_type`. */
export function decoder(type: Type, what: string): (raw: Json | Fault | undefined) => Value {
  const missing = new Fault('missing', what);
  const wrong = new Fault('wrong_type', what);
  const overflow = new Fault('overflow', what);
  const other = (raw: Json | Fault | undefined) =>
    raw instanceof Fault ? raw : raw === undefined || raw === null ? missing : wrong;
  switch (type.type) {
    case 'boolean':
      return (raw) => (typeof raw === 'boolean' ? raw : other(raw));
    case 'string':
      return (raw) => (typeof raw === 'string' ? raw : other(raw));
    case 'integer':
    case 'duration':
      return (raw) => (Number.isSafeInteger(raw) ? Number(raw) : other(raw));
    case 'decimal':
    case 'money':
      return (raw) => {
        const decimal = typeof raw === 'string' ? readDecimal(raw) : other(raw);
        return decimal === 'malformed' ? wrong : decimal === 'overflow' ? overflow : decimal;
      };
    case 'timestamp':
      return (raw) => (typeof raw === 'string' ? (readTimestamp(raw) ?? wrong) : other(raw));
    case 'list':
      return (raw) => (Array.isArray(raw) ? raw : other(raw));
    case 'record':
      return (raw) => (isRecord(raw) ? raw : other(raw));
    case 'json':
    case 'null':
      return (raw) => (raw === undefined ? missing : raw);
  }
}

/** Writes a value as the JSON that {@link decoder} reads back; money without regard to its currency. */
export function encode(value: Value, type: Type): Json | Fault {
  if (value instanceof Fault) return value;
  if (type.type === 'decimal' || type.type === 'money') return isNumeral(value) ? decimalText(value) : null;
  if (type.type === 'timestamp' && typeof value === 'number') return timestampText(value);
  return isDecimal(value) ? decimalText(value) : value;
}

/**
 * Writes a value for whoever asked. An amount has the digits of the currency of the scope: `precision` when it has more,
 * `overflow` beyond `LIMITS.amountMinorMax`.
 */
export function render(value: Value, it: { type: Type; scope: Scope; what: string }): Json | Fault {
  const { type, scope, what } = it;
  if (value instanceof Fault) return value;
  if (type.type === 'money' && isNumeral(value)) return amountText(value, { scope, what });
  if (type.type !== 'list' || !Array.isArray(value) || !holdsMoney(type)) return encode(value, type);
  const decode = decoder(type.of, what);
  const items: Json[] = [];
  for (const raw of value) {
    const item = render(decode(raw), { type: type.of, scope, what });
    if (item instanceof Fault) return item;
    items.push(item);
  }
  return items;
}

/** An instant or a fault: `overflow` outside of the years that texts can write. */
export function timestampOr(ms: number, what: string): number | Fault {
  return isTimestamp(ms) ? ms : new Fault('overflow', what);
}

export function isDecimal(value: Value | undefined): value is Decimal {
  // JSON has no bigint, so no record of the state looks like this.
  return typeof value === 'object' && value !== null && 'units' in value && typeof value.units === 'bigint';
}

export function isNumeral(value: Value | undefined): value is Numeric {
  return typeof value === 'number' || isDecimal(value);
}

export function isRecord(value: Value | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Fault) &&
    !isDecimal(value)
  );
}

function holdsMoney(type: Type): boolean {
  return type.type === 'money' || (type.type === 'list' && holdsMoney(type.of));
}

function amountText(value: Numeric, { scope, what }: { scope: Scope; what: string }): string | Fault {
  if (!isCurrency(scope.currency)) return new Fault('wrong_type', 'currency');
  const { exponent } = currencyOf(scope.currency);
  const text = fixedText(value, exponent);
  if (text === undefined) return new Fault('precision', what);
  const max: Decimal = { units: LIMITS.amountMinorMax, scale: exponent };
  return compare(absolute(value), max) <= 0 ? text : new Fault('overflow', what);
}
