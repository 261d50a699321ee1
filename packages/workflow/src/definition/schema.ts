/**
 * The JSON Schema of the language, for editors: made from the tables of keys that definitions are checked with. A key
 * that stands in several places is written once, and referred to.
 */
import { must } from '@holdfast/base';
import type { Json, JsonObject } from '../types.ts';
import { DURATION } from './duration.ts';
import { TYPE_NAMES } from './fields.ts';
import { WORKFLOW_KEYS } from './keys.ts';
import type { Key, Keys, Shape } from './shape.ts';
import { ABOUT_TYPE, KEYS_BY_TYPE, type TypeName } from './step-keys.ts';

type Schema = Readonly<Record<string, Json>>;

/** Names of the keys that stand in several places. */
type Shared = ReadonlyMap<Key, string>;

/** The schema of a definition (JSON Schema, draft 2020-12). What it allows may still be refused: it knows no names. */
export function workflowSchema(): JsonObject {
  const shared = sharedKeys();
  // The keys of a constant table are its type's.
  const types = Object.keys(KEYS_BY_TYPE) as TypeName[];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Workflow',
    description: 'A workflow of Holdfast: what is done, step by step, and what happens when it fails.',
    ...objectOf(WORKFLOW_KEYS, shared),
    $defs: {
      step: { anyOf: types.map((type) => ({ $ref: `#/$defs/${type}` })) },
      ...Object.fromEntries(types.map((type) => [type, stepSchema(type, shared)])),
      field: fieldSchema(),
      ...Object.fromEntries([...shared].map(([key, name]) => [name, keySchema(key, shared)])),
    },
  };
}

/** A step without a type is a STANDARD one. */
function stepSchema(type: TypeName, shared: Shared): Schema {
  const about = ABOUT_TYPE[type];
  const ofType: Key = { shape: { kind: 'choice', values: [type] }, about, isRequired: type !== 'STANDARD' };
  return { title: type, description: about, ...objectOf({ type: ofType, ...KEYS_BY_TYPE[type] }, shared) };
}

function sharedKeys(): Shared {
  const counts = new Map<Key, { name: string; times: number }>();
  const count = (keys: Keys): void => {
    for (const [name, key] of Object.entries(keys)) {
      const known = counts.get(key);
      counts.set(key, { name, times: (known?.times ?? 0) + 1 });
      if (known === undefined) innerKeys(key.shape).forEach(count);
    }
  };
  count(WORKFLOW_KEYS);
  Object.values(KEYS_BY_TYPE).forEach(count);
  const names = new Map<Key, string>();
  const taken = new Set<string>();
  for (const [key, { name, times }] of counts) {
    if (times < 2) continue;
    let unique = `key_${name}`;
    while (taken.has(unique)) unique += '_';
    taken.add(unique);
    names.set(key, unique);
  }
  return names;
}

function innerKeys(shape: Shape): Keys[] {
  switch (shape.kind) {
    case 'object':
      return [shape.keys];
    case 'list':
    case 'map':
      return innerKeys(shape.of);
    case 'by_kind':
      return [shape.scalar, shape.list, shape.map].flatMap((inner) =>
        inner === undefined ? [] : innerKeys(inner),
      );
    default:
      return [];
  }
}

function objectOf(keys: Keys, shared: Shared): Schema {
  const required = Object.keys(keys).filter((name) => keys[name]?.isRequired === true);
  const properties = Object.entries(keys).map(([name, key]): [string, Schema] => {
    return [
      name,
      shared.has(key) ? { $ref: `#/$defs/${must(shared.get(key), 'it is there')}` } : keySchema(key, shared),
    ];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function keySchema({ shape, about, examples }: Key, shared: Shared): Schema {
  return { description: about, ...schemaOf(shape, shared), ...(examples !== undefined && { examples }) };
}

function schemaOf(shape: Shape, shared: Shared): Schema {
  switch (shape.kind) {
    case 'text':
      // YAML reads 1.0 and true as what they are; as texts they are taken as they are written.
      if (shape.pattern === undefined) return { type: ['string', 'number', 'boolean'] };
      return { type: 'string', pattern: `^(?:${shape.pattern})$` };
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return { type: shape.isInteger ? 'integer' : 'number', minimum: shape.min, maximum: shape.max };
    case 'duration':
      return durationSchema(shape.orNone);
    case 'choice':
      return { enum: shape.values };
    case 'list': {
      const items = schemaOf(shape.of, shared);
      return { type: 'array', items, minItems: shape.min ?? 0, maxItems: shape.max };
    }
    case 'map': {
      const map = { type: 'object', additionalProperties: schemaOf(shape.of, shared) };
      return shape.names === undefined ? map : { ...map, propertyNames: { pattern: `^(?:${shape.names})$` } };
    }
    case 'object':
      return objectOf(shape.keys, shared);
    case 'by_kind': {
      const kinds = [shape.scalar, shape.list, shape.map];
      return { anyOf: kinds.flatMap((inner) => (inner === undefined ? [] : [schemaOf(inner, shared)])) };
    }
    case 'json':
      return {};
    case 'step':
      return { $ref: '#/$defs/step' };
    case 'field':
      return { $ref: '#/$defs/field' };
  }
}

function durationSchema(orNone: boolean): Schema {
  const pattern = orNone ? `^(?:${DURATION}|none)$` : `^${DURATION}$`;
  return {
    anyOf: [
      { type: 'string', pattern },
      { type: 'number', minimum: 0 },
    ],
  };
}

function fieldSchema(): Schema {
  const simple = TYPE_NAMES.filter((name) => name !== 'list' && name !== 'record');
  const field = { $ref: '#/$defs/field' };
  const fields = { type: 'object', additionalProperties: field };
  const long = {
    type: 'object',
    properties: {
      type: { enum: TYPE_NAMES },
      optional: { type: 'boolean' },
      values: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 100 },
      of: field,
      fields,
    },
    required: ['type'],
    additionalProperties: false,
  };
  const description =
    'A type, with ? if the field may be absent; a mapping with `type`; or the fields of a record.';
  return { description, anyOf: [{ enum: [...simple, ...simple.map((name) => `${name}?`)] }, long, fields] };
}
