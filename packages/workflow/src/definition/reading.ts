/** What the readers of steps share: where they report, what they know, and how they take values out of a mapping. */
import type { FunctionTable } from '../functions.ts';
import { durationMs } from './duration.ts';
import type { Step } from './model.ts';
import {
  asText,
  type MapNode,
  mapOf,
  memberOf,
  type ScalarNode,
  type Text,
  textOf,
  toJson,
  type YamlNode,
} from './node.ts';
import type { Places } from './places.ts';
import type { Problems } from './problems.ts';

export type Reading = {
  problems: Problems;
  places: Places;
  functions: FunctionTable;
};

/** A step while it is read: what stands around it. */
export type StepReading = Reading & {
  /** Variables of the loops around. */
  locals: readonly string[];
  /** The step that follows in the list, or END. */
  following: string;
  /** Reads the steps of a branch, of a loop, or of what is inserted; the last of them goes to `following`. */
  readSteps(nodes: readonly YamlNode[], of: { locals: readonly string[]; following: string }): Step[];
};

/** A mapping with the members of one of its members beside its own: `http_config` and the like. */
export function flatten(map: MapNode, key: string, { problems }: Reading): MapNode {
  const inner = mapOf(map, key);
  if (inner === undefined) return map;
  const entries = new Map(map.entries);
  for (const [name, entry] of inner.entries) {
    if (entries.has(name)) {
      const message = `"${name}" stands at the step and in "${key}": keep one.`;
      problems.error(entry.keyAt, 'conflicting_keys', message);
    } else {
      entries.set(name, entry);
    }
  }
  return { ...map, entries };
}

/** The one of several spellings that is there; two of them are a problem. */
export function pick(
  map: MapNode,
  keys: readonly string[],
  { problems }: Reading,
): { key: string; node: YamlNode } | undefined {
  const found = keys.flatMap((key) => {
    const node = memberOf(map, key);
    return node === undefined ? [] : [{ key, node }];
  });
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    const message = `"${first.key}" and "${second.key}" mean the same: keep one.`;
    problems.error(second.node.at, 'conflicting_keys', message);
  }
  return first;
}

/** The text of the one of several spellings that is there. */
export function pickText(map: MapNode, keys: readonly string[], reading: Reading): Text | undefined {
  const found = pick(map, keys, reading);
  return found === undefined ? undefined : asText(found.node);
}

/** The text of a key that must be there under one of its spellings; '' and a problem when it is not. */
export function needText(map: MapNode, keys: readonly string[], reading: Reading): Text {
  const found = pickText(map, keys, reading);
  if (found !== undefined) return found;
  if (pick(map, keys, reading) === undefined) needs(map, String(keys[0]), reading);
  return { text: '', node: { kind: 'scalar', at: map.at, value: '', source: '', textAt: null } };
}

/** Reports that a step lacks a key. */
export function needs(map: MapNode, key: string, { problems }: Reading): void {
  const type = textOf(map, 'type')?.text ?? 'STANDARD';
  problems.error(map.at, 'missing_key', `A step of type ${type} needs "${key}": add it.`);
}

/** A duration in milliseconds; undefined if it is not there; null for `none`. A bare number is seconds. */
export function durationOf(
  map: MapNode,
  keys: readonly string[],
  reading: Reading,
): number | null | undefined {
  const found = pick(map, keys, reading);
  if (found === undefined || found.node.kind !== 'scalar') return undefined;
  const { value } = found.node;
  return value === 'none' ? null : durationMs(value);
}

/** A choice by what the text means. */
export function choiceOf<T>(map: MapNode, key: string, meanings: Readonly<Record<string, T>>): T | undefined {
  const text = textOf(map, key)?.text;
  return text !== undefined && Object.hasOwn(meanings, text) ? meanings[text] : undefined;
}

/** Texts of a mapping by name, each with its place. */
export function textsOf(map: MapNode | undefined, { places }: Reading): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, { value }] of map?.entries ?? []) {
    const found = asText(value);
    if (found === undefined) continue;
    texts[name] = found.text;
    places.mark(texts, name, value);
  }
  if (map !== undefined) places.mark(texts, '', map);
  return texts;
}

const PATH = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/**
 * An expression, or a path into the state without `state.` before it, where a path was meant. A text that was changed
 * stands nowhere as it is.
 */
export function pathText({ text, node }: Text, locals: readonly string[]): Text {
  const first = text.split('.', 1)[0] ?? '';
  if (!PATH.test(text) || first === 'state' || locals.includes(first)) return { text, node };
  return { text: `state.${text}`, node: { ...node, textAt: null } };
}

/** A scalar as the text of an expression that gives it. */
export function literal({ value, source }: ScalarNode): string {
  return typeof value === 'number'
    ? Number.isInteger(value)
      ? String(value)
      : source
    : JSON.stringify(value);
}

/** `Validate_Card`, `ValidateCard` and `Validate-Card` are `validate_card`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}

/** A member as JSON; null if it is not there. */
export function jsonOf(map: MapNode, key: string) {
  const node = memberOf(map, key);
  return node === undefined ? null : toJson(node);
}
