/** A YAML text as plain data that remembers where everything stood. Aliases are resolved; mappings have texts as keys. */
import type { Json, JsonObject } from '../types.ts';

/** One value; `at` is the offset of its first character. */
export type YamlNode = MapNode | ListNode | ScalarNode;

export type MapNode = { kind: 'map'; at: number; entries: ReadonlyMap<string, Entry> };
export type ListNode = { kind: 'list'; at: number; items: readonly YamlNode[] };

export type ScalarNode = {
  kind: 'scalar';
  at: number;
  value: null | boolean | number | string;
  /** As it was written, without quotes: `1.10` where the value is 1.1. */
  source: string;
  /** Offset of the first character of its text, if the text stands there as it is; null: it is quoted with escapes or folded. */
  textAt: number | null;
};

/** A member of a mapping. */
export type Entry = { keyAt: number; value: YamlNode };

/** A text and where it stands. */
export type Text = { text: string; node: ScalarNode };

/** The member of a mapping, if it is there and not null. */
export function memberOf(map: MapNode, key: string): YamlNode | undefined {
  const value = map.entries.get(key)?.value;
  return value?.kind === 'scalar' && value.value === null ? undefined : value;
}

/** The member of a mapping as text, if it is a scalar; numbers and booleans as they are written. */
export function textOf(map: MapNode, key: string): Text | undefined {
  const node = memberOf(map, key);
  return node === undefined ? undefined : asText(node);
}

/** A scalar as text; undefined for others. */
export function asText(node: YamlNode): Text | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  return { text: typeof node.value === 'string' ? node.value : node.source, node };
}

/** The member of a mapping as a mapping. */
export function mapOf(map: MapNode, key: string): MapNode | undefined {
  const node = memberOf(map, key);
  return node?.kind === 'map' ? node : undefined;
}

/** The items of a member that is a list; empty for others. */
export function itemsOf(map: MapNode, key: string): readonly YamlNode[] {
  const node = memberOf(map, key);
  return node?.kind === 'list' ? node.items : [];
}

/** The member of a mapping as a boolean. */
export function booleanOf(map: MapNode, key: string): boolean | undefined {
  const node = memberOf(map, key);
  return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;
}

/** The member of a mapping as a number. */
export function numberOf(map: MapNode, key: string): number | undefined {
  const node = memberOf(map, key);
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
}

/** A value as JSON, without its places. */
export function toJson(node: YamlNode): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  return Object.fromEntries(
    [...node.entries].map(([key, { value }]) => [key, toJson(value)]),
  ) satisfies JsonObject;
}
