/** Names, members and elements: what an expression reads of its scope. Nothing is read but what JSON itself holds. */
import type { Field, Fields, FieldType, Json, JsonObject } from '../types.ts';
import { didYouMean } from './nearest.ts';
import { Refusal } from './refusal.ts';
import { EMPTY_LIST, nameOf } from './typing.ts';
import { decoder, Fault, isRecord, type Node, type Raw } from './value.ts';

/** What an expression may name. */
export type Names = { state: Fields; locals: Fields };

type Place = { text: string; at: number };
/** `mark` is where the name of the member stands. */
type MemberPlace = Place & { mark: number };
type Reads = (record: JsonObject) => Json | undefined;

/** The value of a name on its own: `state`, `now`, or a local. */
export function compileName(name: string, names: Names, place: Place): Node {
  if (name === 'state') {
    const type: FieldType = { type: 'record', fields: names.state };
    return pathNode({ raw: (scope) => scope.state, type, isOptional: false, place });
  }
  if (name === 'now') {
    return {
      type: { type: 'timestamp' },
      run: (scope) => scope.nowMs,
      ...place,
      constant: undefined,
      path: undefined,
    };
  }
  const local = fieldOf(names.locals, name);
  if (local === undefined) throw unknownName(name, names, place);
  const read = reader(name);
  const raw: Raw = ({ locals }) => (locals === undefined ? undefined : read(locals));
  return pathNode({ raw, type: local, isOptional: local.optional === true, place });
}

/** `owner.name`, and `owner["name"]`. */
export function compileMember(owner: Node, name: string, { mark, ...place }: MemberPlace): Node {
  const { type } = owner;
  if (type.type === 'json') return pathNode({ raw: memberRaw(owner, name), type, isOptional: true, place });
  if (type.type !== 'record') {
    const message = `${owner.text} is ${nameOf(type)}: it has no member "${name}".`;
    throw new Refusal('type_mismatch', message, mark);
  }
  const field = fieldOf(type.fields, name);
  if (field === undefined) {
    const known = Object.keys(type.fields);
    const message = `${owner.text} has no field "${name}".${didYouMean(name, known)}`;
    throw new Refusal('unknown_field', message, mark);
  }
  const isOptional = field.optional === true || owner.path?.isOptional === true;
  return pathNode({ raw: memberRaw(owner, name), type: field, isOptional, place });
}

/** `owner[index]`: a list by a whole number from 0 on, a record by a text in quotes, `json` by either. */
export function compileIndex(owner: Node, index: Node, place: Place): Node {
  const { type } = owner;
  if (typeof index.constant === 'string')
    return compileMember(owner, index.constant, { ...place, mark: index.at });
  if (type.type === 'json') {
    if (!['integer', 'string', 'json'].includes(index.type.type)) throw notAnIndex(index);
    return pathNode({ raw: elementRaw(owner, index), type, isOptional: true, place });
  }
  if (type.type === 'record') {
    const message = `Name the field of ${owner.text} in quotes: only "json" has members of any name.`;
    throw new Refusal('type_mismatch', message, index.at);
  }
  if (type.type !== 'list') {
    throw new Refusal('type_mismatch', `${owner.text} is ${nameOf(type)}: it has no elements.`, index.at);
  }
  if (index.type.type !== 'integer' && index.type.type !== 'json') throw notAnIndex(index);
  const of = type === EMPTY_LIST ? EMPTY_LIST.of : type.of;
  return pathNode({ raw: elementRaw(owner, index), type: of, isOptional: true, place });
}

/** `has(path)`: whether there is a value; false as well when something on the way to it is missing. */
export function compileHas(of: Node, place: Place): Node {
  const { path } = of;
  if (path === undefined) {
    throw new Refusal('type_mismatch', 'Ask has() about a field: has(state.amount).', of.at);
  }
  const isJson = of.type.type === 'json';
  const run: Node['run'] = (scope) => {
    const raw = path.raw(scope);
    if (raw instanceof Fault) return raw.fault === 'missing' ? false : raw;
    return raw !== undefined && (isJson || raw !== null);
  };
  return { type: { type: 'boolean' }, run, ...place, constant: undefined, path: undefined };
}

/** An own field: names such as `constructor` are no fields unless someone declared them. */
function fieldOf(fields: Fields, name: string): Field | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function pathNode(it: { raw: Raw; type: FieldType; isOptional: boolean; place: Place }): Node {
  const { raw, isOptional, place } = it;
  const type = bare(it.type);
  const decode = decoder(type, place.text);
  return {
    type,
    run: (scope) => decode(raw(scope)),
    ...place,
    constant: undefined,
    path: { raw, isOptional },
  };
}

/** The type of a field, without whether it may be absent. */
function bare(field: Field): FieldType {
  if (field.optional === undefined) return field;
  const { optional: _, ...type } = field;
  return type;
}

/** Plain objects inherit some names from JavaScript; those are asked for as own members alone. */
function reader(name: string): Reads {
  if (name in Object.prototype) return (record) => (Object.hasOwn(record, name) ? record[name] : undefined);
  return (record) => record[name];
}

function memberRaw(owner: Node, name: string): Raw {
  const read = reader(name);
  if (owner.text === 'state' && owner.path !== undefined) return ({ state }) => read(state);
  const { run } = owner;
  const wrong = new Fault('wrong_type', owner.text);
  return (scope) => {
    const record = run(scope);
    if (isRecord(record)) return read(record);
    return record instanceof Fault ? record : wrong;
  };
}

function elementRaw(owner: Node, index: Node): Raw {
  const wrongOwner = new Fault('wrong_type', owner.text);
  const wrongIndex = new Fault('wrong_type', index.text);
  return (scope) => {
    const from = owner.run(scope);
    const at = index.run(scope);
    if (from instanceof Fault) return from;
    if (at instanceof Fault) return at;
    if (Array.isArray(from)) return typeof at === 'number' ? from[at] : wrongIndex;
    if (!isRecord(from)) return wrongOwner;
    if (typeof at !== 'string') return wrongIndex;
    return Object.hasOwn(from, at) ? from[at] : undefined;
  };
}

function notAnIndex({ type, text, at }: Node): Refusal {
  return new Refusal('type_mismatch', `Count elements with a whole number: ${text} is ${nameOf(type)}.`, at);
}

function unknownName(name: string, { state, locals }: Names, { at }: Place): Refusal {
  if (name === 'secrets') {
    return new Refusal('unknown_name', 'A secret stands alone in a text: {{secrets.NAME}}.', at);
  }
  const hint = Object.hasOwn(state, name)
    ? ` Write state.${name}.`
    : didYouMean(name, ['state', 'now', ...Object.keys(locals)]);
  return new Refusal('unknown_name', `Nothing is called "${name}" here.${hint}`, at);
}
