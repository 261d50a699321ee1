/**
 * JSON from outside against the types of a workflow: the input of a start, what functions return, what signals carry.
 * What passes is a copy in the one form that state has: amounts and decimals as canonical decimal strings, instants in
 * UTC, optional fields that were null left out. So no later reader has to ask again.
 */
import { isAppError, LIMITS } from '@holdfast/base';
import { currencyOf, toDecimal, toMinor } from '@holdfast/money';
import type { Field, Fields, FieldType, Json, JsonObject } from '../types.ts';
import { decimalOfNumber, decimalText, readDecimal } from './decimal.ts';
import { didYouMean } from './nearest.ts';
import { readTimestamp, timestampText } from './time.ts';
import { nameOf } from './typing.ts';

/** What is wrong with one part; `pointer` is an RFC 6901 JSON Pointer. */
export type FieldFault = { pointer: string; detail: string };
export type CheckedFields = { ok: true; value: JsonObject } | { ok: false; faults: FieldFault[] };

/** `closed` refuses fields that are not declared, at every depth; `open` keeps them as JSON. */
export type CheckOptions = { currency: string; where: 'open' | 'closed' };

/** Nobody mends more at once. */
const FAULTS_MAX = 32;

type Check = CheckOptions & { faults: FieldFault[] };
type Place = { pointer: string; depth: number };

/**
 * Checks a value against fields and gives it back in canonical form, or every fault of it, at most 32. Money may be a
 * JSON number or a decimal string and must fit the digits of the currency. Throws AppError `unknown_currency`.
 */
export function checkFields(value: unknown, fields: Fields, options: CheckOptions): CheckedFields {
  currencyOf(options.currency);
  const check: Check = { ...options, faults: [] };
  const checked = checkRecord(value, { fields, at: { pointer: '', depth: 0 } }, check);
  if (checked === undefined || check.faults.length > 0) return { ok: false, faults: check.faults };
  return { ok: true, value: checked };
}

function checkRecord(
  value: unknown,
  it: { fields: Fields; at: Place },
  check: Check,
): JsonObject | undefined {
  const { fields, at } = it;
  if (!isPlainObject(value)) return fail(check, at, 'Give an object.');
  const record: Record<string, Json> = {};
  for (const [name, field] of Object.entries(fields)) {
    const place = below(at, name);
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    const checked =
      name === '__proto__' ? refuseName(check, place) : checkField(member, { field, at: place }, check);
    if (checked !== undefined) record[name] = checked;
  }
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || Object.hasOwn(fields, name)) continue;
    if (check.faults.length >= FAULTS_MAX) break;
    const checked = checkUnknown(member, { name, fields, at: below(at, name) }, check);
    if (checked !== undefined) record[name] = checked;
  }
  return record;
}

function checkField(member: unknown, it: { field: Field; at: Place }, check: Check): Json | undefined {
  const { field, at } = it;
  const isAbsent = member === undefined || (member === null && field.type !== 'json');
  if (!isAbsent) return checkType(member, { type: field, at }, check);
  return field.optional === true ? undefined : fail(check, at, `Give ${nameOf(field)}; it is missing.`);
}

function checkUnknown(
  member: unknown,
  it: { name: string; fields: Fields; at: Place },
  check: Check,
): Json | undefined {
  const { name, fields, at } = it;
  if (check.where === 'open')
    return name === '__proto__' ? refuseName(check, at) : checkJson(member, at, check);
  return fail(check, at, `There is no such field.${didYouMean(name, Object.keys(fields))}`);
}

function checkType(value: unknown, it: { type: FieldType; at: Place }, check: Check): Json | undefined {
  const { type, at } = it;
  switch (type.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : fail(check, at, 'Give true or false.');
    case 'integer':
    case 'duration':
      return Number.isSafeInteger(value) ? Number(value) + 0 : fail(check, at, WHOLE[type.type]);
    case 'decimal':
      return checkDecimal(value, at, check);
    case 'money':
      return checkMoney(value, at, check);
    case 'string':
      return checkString(value, { values: type.values, at }, check);
    case 'timestamp': {
      const ms = typeof value === 'string' ? readTimestamp(value) : undefined;
      return ms === undefined
        ? fail(check, at, 'Give an instant such as "2026-01-31T12:00:00Z".')
        : timestampText(ms);
    }
    case 'json':
      return checkJson(value, at, check);
    case 'list':
      return checkList(value, { of: type.of, at }, check);
    case 'record':
      return isTooDeep(at, check) ? undefined : checkRecord(value, { fields: type.fields, at }, check);
  }
}

const WHOLE = {
  integer: `Give a whole number within ±${Number.MAX_SAFE_INTEGER}.`,
  duration: 'Give a whole number of milliseconds.',
} as const;

function checkDecimal(value: unknown, at: Place, check: Check): Json | undefined {
  const detail = 'Give a decimal such as "12.50", with at most 38 digits.';
  if (typeof value === 'number' && Number.isFinite(value)) {
    const exact = decimalOfNumber(value);
    return exact === undefined ? fail(check, at, detail) : decimalText(exact);
  }
  const decimal = typeof value === 'string' ? readDecimal(value) : 'malformed';
  return typeof decimal === 'string' ? fail(check, at, detail) : decimalText(decimal);
}

function checkMoney(value: unknown, at: Place, check: Check): Json | undefined {
  const detail = 'Give an amount such as "12.50".';
  if (typeof value !== 'string' && typeof value !== 'number') return fail(check, at, detail);
  try {
    return toDecimal(toMinor(value, check.currency), check.currency);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return fail(check, at, `${error.message}.`);
  }
}

function checkString(
  value: unknown,
  it: { values: readonly string[] | undefined; at: Place },
  check: Check,
): Json | undefined {
  const { values, at } = it;
  if (typeof value !== 'string') return fail(check, at, 'Give a text.');
  if (!value.isWellFormed()) return fail(check, at, 'Give a text of whole Unicode characters.');
  if (values === undefined || values.includes(value)) return value;
  return fail(check, at, `Give ${values.map((one) => JSON.stringify(one)).join(' or ')}.`);
}

function checkList(value: unknown, it: { of: FieldType; at: Place }, check: Check): Json | undefined {
  const { of, at } = it;
  if (!Array.isArray(value)) return fail(check, at, 'Give a list.');
  if (isTooDeep(at, check)) return undefined;
  const items: Json[] = [];
  for (const [index, item] of value.entries()) {
    if (check.faults.length >= FAULTS_MAX) break;
    const checked = checkField(item, { field: of, at: below(at, String(index)) }, check);
    if (checked !== undefined) items.push(checked);
  }
  return items;
}

/** Any JSON: finite numbers, whole characters, no `__proto__`, nesting within `LIMITS.workflowJsonDepthMax`. */
function checkJson(value: unknown, at: Place, check: Check): Json | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return checkString(value, { values: undefined, at }, check);
  if (typeof value === 'number') {
    const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return isExact ? value + 0 : fail(check, at, 'Give a number that JSON carries exactly, or a text.');
  }
  if (isTooDeep(at, check)) return undefined;
  if (Array.isArray(value)) return checkList(value, { of: { type: 'json' }, at }, check);
  if (!isPlainObject(value)) return fail(check, at, 'Give JSON.');
  const record: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || check.faults.length >= FAULTS_MAX) continue;
    const place = below(at, name);
    const checked = name === '__proto__' ? refuseName(check, place) : checkJson(member, place, check);
    if (checked !== undefined) record[name] = checked;
  }
  return record;
}

function refuseName(check: Check, at: Place): undefined {
  return fail(check, at, 'Give it another name.');
}

function isTooDeep(at: Place, check: Check): boolean {
  if (at.depth <= LIMITS.workflowJsonDepthMax) return false;
  fail(check, at, `Nest it at most ${LIMITS.workflowJsonDepthMax} deep.`);
  return true;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function below({ pointer, depth }: Place, name: string): Place {
  return { pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth: depth + 1 };
}

function fail(check: Check, { pointer }: Place, detail: string): undefined {
  if (check.faults.length < FAULTS_MAX) check.faults.push({ pointer, detail });
  return undefined;
}
