/** From the nodes of a YAML library to plain data with places, within bounds: aliases are resolved, and counted. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Entry, MapNode, ScalarNode, YamlNode } from './node.ts';
import type { Problems } from './problems.ts';

/** How deep lists and mappings stand in each other. */
export const DEPTH_MAX = 64;
/** Values after aliases are resolved: about what the largest text can hold without them. */
const NODES_MAX = 100_000;
const ALIASES_MAX = 100;

/** The data of a document; undefined when it is too large or has no end, which is reported. */
export function readNodes(root: Node, of: { text: string; problems: Problems }): YamlNode | undefined {
  try {
    return readNode({ ...of, anchors: new Map(), open: new Set(), nodes: 0, aliases: 0 }, root, 1);
  } catch (error) {
    if (error instanceof Stop) return undefined;
    throw error;
  }
}

/** Thrown when there is no going on; it does not leave this file. */
class Stop extends Error {}

type Walk = {
  text: string;
  problems: Problems;
  anchors: Map<string, Node>;
  /** Values that are being read: an alias to one of them has no end. */
  open: Set<Node>;
  nodes: number;
  aliases: number;
};

function stop({ problems }: Walk, at: number, { code, message }: { code: string; message: string }): never {
  problems.error(at, code, message);
  throw new Stop(message);
}

function readNode(walk: Walk, node: Node, depth: number): YamlNode {
  const at = node.range?.[0] ?? 0;
  walk.nodes += 1;
  if (walk.nodes > NODES_MAX) {
    stop(walk, at, { code: 'too_many_values', message: `The definition has more than ${NODES_MAX} values.` });
  }
  if (depth > DEPTH_MAX) {
    const message = `Lists and mappings stand in each other more than ${DEPTH_MAX} deep.`;
    stop(walk, at, { code: 'too_deep', message });
  }
  if (isAlias(node)) return readAlias(walk, node, depth);
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return unreadable(walk, at);
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  if (node.tag !== undefined) {
    walk.problems.error(at, 'tag', `The tag ${node.tag} is not used here: remove it.`);
  }
  if (isScalar(node)) return readScalar(walk, node, at);
  walk.open.add(node);
  const value: YamlNode = isMap(node)
    ? readMap(walk, node.items, { at, depth })
    : { kind: 'list', at, items: node.items.map((item) => readItem(walk, item, { at, depth })) };
  walk.open.delete(node);
  return value;
}

/** An item that is missing (`- `) is null. */
function readItem(walk: Walk, item: unknown, { at, depth }: { at: number; depth: number }): YamlNode {
  return isNode(item) ? readNode(walk, item, depth + 1) : nothing(at);
}

function readAlias(walk: Walk, alias: Alias, depth: number): YamlNode {
  const at = alias.range?.[0] ?? 0;
  const { source } = alias;
  walk.aliases += 1;
  if (walk.aliases > ALIASES_MAX) {
    stop(walk, at, { code: 'too_many_aliases', message: `More than ${ALIASES_MAX} aliases are used.` });
  }
  const node = walk.anchors.get(source);
  if (node === undefined) {
    return stop(walk, at, {
      code: 'unknown_alias',
      message: `No anchor &${source} stands before this alias.`,
    });
  }
  if (walk.open.has(node)) {
    stop(walk, at, { code: 'endless_alias', message: `The alias *${source} stands within its own anchor.` });
  }
  return readNode(walk, node, depth + 1);
}

function readMap(
  walk: Walk,
  items: readonly { key: unknown; value: unknown }[],
  { at, depth }: { at: number; depth: number },
): MapNode {
  const entries = new Map<string, Entry>();
  for (const { key, value } of items) {
    const keyAt = isNode(key) ? (key.range?.[0] ?? at) : at;
    const name =
      isScalar(key) && key.tag === undefined && key.anchor === undefined ? keyText(key) : undefined;
    if (name === undefined) {
      walk.problems.error(keyAt, 'key', 'A key must be a text.');
    } else if (name === '__proto__' || !name.isWellFormed()) {
      walk.problems.error(keyAt, 'key', 'This key is not allowed: choose another name.');
    } else if (entries.has(name)) {
      walk.problems.error(keyAt, 'duplicate_key', `The key "${name}" is there twice: remove one.`);
    } else {
      entries.set(name, { keyAt, value: readItem(walk, value, { at: keyAt, depth }) });
    }
  }
  return { kind: 'map', at, entries };
}

function readScalar(walk: Walk, node: Scalar, at: number): ScalarNode {
  const { value } = node;
  const source = node.source ?? '';
  if (typeof value === 'string') {
    if (!value.isWellFormed()) {
      walk.problems.error(at, 'text', 'The text has half of a character (a lone surrogate).');
    }
    return { kind: 'scalar', at, value, source: value, textAt: verbatimAt(walk.text, value, at) };
  }
  if (typeof value === 'number' && !isExact(value)) {
    walk.problems.error(at, 'number', `The number ${source} cannot be kept exactly: write it in quotes.`);
    return nothing(at);
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number') {
    return { kind: 'scalar', at, value, source, textAt: source === '' ? null : at };
  }
  return unreadable(walk, at);
}

function unreadable(walk: Walk, at: number): never {
  return stop(walk, at, { code: 'yaml', message: 'This value cannot be read.' });
}

/** Where a value stands as it is: plain, or right after its quote. */
function verbatimAt(text: string, value: string, at: number): number | null {
  if (text.startsWith(value, at)) return at;
  return (text[at] === '"' || text[at] === "'") && text.startsWith(value, at + 1) ? at + 1 : null;
}

function keyText(key: Scalar): string | undefined {
  if (typeof key.value === 'string') return key.value;
  return key.value === null ? undefined : key.source;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function nothing(at: number): ScalarNode {
  return { kind: 'scalar', at, value: null, source: '', textAt: null };
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
