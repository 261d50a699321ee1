/**
 * Types of fields as people write them: `money`, `string?`, `{ type: string, values: [a, b], optional: true }`,
 * `{ type: list, of: string }`, and a mapping of fields for a record.
 */
import type { Field, Fields, FieldType } from '../types.ts';
import { booleanOf, itemsOf, type MapNode, memberOf, textOf, type YamlNode } from './node.ts';
import { FIELD } from './shape.ts';

/** Names of types that can be written. A record is written as a mapping of its fields, or with `fields`. */
export const TYPE_NAMES = [
  'boolean',
  'integer',
  'decimal',
  'money',
  'string',
  'timestamp',
  'duration',
  'json',
  'list',
  'record',
] as const;

type SimpleType = Exclude<FieldType['type'], 'list' | 'record'>;

/** Keys of the long form; a mapping with `type` is one. A record with a field called `type` is written with `fields`. */
const LONG_KEYS = new Set(['type', 'values', 'optional', 'of', 'fields']);
const VALUES_MAX = 100;
const FIELDS_MAX = 256;
const DEPTH_MAX = 8;
const FIELD_NAME = new RegExp(`^${FIELD}$`);

/** Whether a value is the type of a field. */
export function isFieldForm(node: YamlNode): boolean {
  return readField(node) !== undefined;
}

/** The fields of a mapping; those that are no types, and were reported as such, are left out. */
export function readFields(map: MapNode | undefined): Fields {
  const fields: [string, Field][] = [];
  for (const [name, { value }] of map?.entries ?? []) {
    const field = readField(value);
    if (field !== undefined) fields.push([name, field]);
  }
  return Object.fromEntries(fields);
}

/** The type of one field; undefined for what is none. */
function readField(node: YamlNode, depth = 1): Field | undefined {
  if (depth > DEPTH_MAX || node.kind === 'list') return undefined;
  if (node.kind === 'scalar') return typeof node.value === 'string' ? readShort(node.value) : undefined;
  return node.entries.has('type') ? readLong(node, depth) : readRecord(node, depth);
}

function readShort(text: string): Field | undefined {
  const isOptional = text.endsWith('?');
  const type = simple(isOptional ? text.slice(0, -1) : text);
  if (type === undefined) return undefined;
  return isOptional ? { type, optional: true } : { type };
}

function readLong(node: MapNode, depth: number): Field | undefined {
  if ([...node.entries.keys()].some((key) => !LONG_KEYS.has(key))) return undefined;
  const optional = booleanOf(node, 'optional');
  if (optional === undefined && memberOf(node, 'optional') !== undefined) return undefined;
  const type = readType(node, depth);
  return type === undefined || optional !== true ? type : { ...type, optional };
}

function readType(node: MapNode, depth: number): FieldType | undefined {
  const name = textOf(node, 'type')?.text ?? '';
  const has = (...keys: string[]) =>
    [...LONG_KEYS].every((key) => keys.includes(key) || memberOf(node, key) === undefined);
  if (name === 'list') {
    const of = memberOf(node, 'of');
    const item = of === undefined ? ({ type: 'json' } satisfies Field) : readField(of, depth + 1);
    if (item === undefined || item.optional === true || !has('type', 'of', 'optional')) return undefined;
    return { type: 'list', of: item };
  }
  if (name === 'record') {
    const fields = memberOf(node, 'fields');
    return fields?.kind === 'map' && has('type', 'fields', 'optional')
      ? readRecord(fields, depth)
      : undefined;
  }
  if (name === 'string' && memberOf(node, 'values') !== undefined) {
    const values = itemsOf(node, 'values').map((item) => (item.kind === 'scalar' ? item.value : null));
    const isList = has('type', 'values', 'optional') && values.length > 0 && values.length <= VALUES_MAX;
    return isList && values.every((value) => typeof value === 'string')
      ? { type: 'string', values }
      : undefined;
  }
  const type = simple(name);
  return type === undefined || !has('type', 'optional') ? undefined : { type };
}

function readRecord(node: MapNode, depth: number): FieldType | undefined {
  const fields: [string, Field][] = [];
  for (const [name, { value }] of node.entries) {
    const field = readField(value, depth + 1);
    if (field === undefined || !FIELD_NAME.test(name)) return undefined;
    fields.push([name, field]);
  }
  return fields.length > FIELDS_MAX ? undefined : { type: 'record', fields: Object.fromEntries(fields) };
}

function simple(name: string): SimpleType | undefined {
  const found = TYPE_NAMES.find((type) => type === name);
  return found === 'list' || found === 'record' ? undefined : found;
}
