/**
 * Reads one YAML 1.2 document into plain data with places. Whatever the text: it ends soon, and does not throw. What
 * people rarely mean and machines read differently is refused: tags, directives, duplicate keys, numbers that JSON
 * does not have.
 */
import { LIMITS } from '@holdfast/base';
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from 'yaml';
import type { Entry, MapNode, ScalarNode, YamlNode } from './node.ts';
import { createProblems, type Problems } from './problems.ts';

/** Values after aliases are resolved: twice what the largest text can hold without them. */
const NODES_MAX = 100_000;
/** How deep lists and mappings stand in each other. */
const DEPTH_MAX = 64;
const ALIASES_MAX = 100;
/** Errors of the syntax that are passed on; after the first few they follow from each other. */
const SYNTAX_ERRORS_MAX = 10;

/** The document, or undefined when `problems` says why there is none. */
export type ReadYaml = { root: MapNode | undefined; problems: Problems };

/** Reads a text. A document that is no mapping is a problem. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const problems = createProblems((at) => {
    // Before the first line is counted there is only the first.
    const { line, col } = lines.lineStarts.length === 0 ? { line: 1, col: 1 } : lines.linePos(at);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > LIMITS.workflowDefinitionBytesMax) {
    const most = `at most ${LIMITS.workflowDefinitionBytesMax}`;
    problems.error(
      0,
      'too_large',
      `The definition has ${bytes} bytes, ${most} are allowed: split it into sub-workflows.`,
    );
    return { root: undefined, problems };
  }
  return { root: parse(text, lines, problems), problems };
}

function parse(text: string, lines: LineCounter, problems: Problems): MapNode | undefined {
  if (nests(text)) {
    problems.error(0, 'too_deep', `Lists and mappings stand in each other more than ${DEPTH_MAX} deep.`);
    return undefined;
  }
  const document = parseDocument<Node>(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'error',
    // Compared below, in one pass: the library compares each key with each other.
    uniqueKeys: false,
  });
  for (const error of document.errors.slice(0, SYNTAX_ERRORS_MAX)) {
    problems.error(error.pos[0], 'yaml', `This is not YAML that can be read: ${error.message}.`);
  }
  if (document.errors.length > 0) return undefined;
  if (
    document.directives?.yaml.explicit === true ||
    Object.keys(document.directives?.tags ?? {}).length > 1
  ) {
    problems.error(0, 'yaml', 'Directives (%YAML, %TAG) are not used here: remove them.');
    return undefined;
  }
  const root =
    document.contents === null ? undefined : createReader({ text, problems }).read(document.contents);
  if (root?.kind === 'map') return root;
  if (!problems.hasErrors()) {
    problems.error(
      root?.at ?? 0,
      'not_a_mapping',
      'A definition is a mapping: begin with "workflow_type: Name".',
    );
  }
  return undefined;
}

/**
 * Whether it nests so deep that the library, which calls itself for each level, might run out of stack: by brackets, or
 * by a row of indicators (`- - - `). Those in texts and comments count as well.
 */
function nests(text: string): boolean {
  if (INDICATORS.test(text)) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    if (depth > BRACKETS_MAX) return true;
  }
  return false;
}

const BRACKETS_MAX = 1_000;
const INDICATORS = /(?:[-?:][ \t]){128}/;

/** Thrown when the document is too large to go on; it does not leave this file. */
class Stop extends Error {}

function createReader({ text, problems }: { text: string; problems: Problems }) {
  const anchors = new Map<string, Node>();
  /** Anchored values that are being read: an alias to one of them has no end. */
  const open = new Set<Node>();
  let nodes = 0;
  let aliases = 0;

  function read(node: Node): YamlNode | undefined {
    try {
      return readNode(node, 1);
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  function readNode(node: Node, depth: number): YamlNode {
    nodes += 1;
    const at = node.range?.[0] ?? 0;
    if (nodes > NODES_MAX) stop(at, 'too_many_values', `The definition has more than ${NODES_MAX} values.`);
    if (depth > DEPTH_MAX)
      stop(at, 'too_deep', `Lists and mappings stand in each other more than ${DEPTH_MAX} deep.`);
    if (isAlias(node)) return readAlias(node, depth);
    if (!isMap(node) && !isSeq(node) && !isScalar(node))
      return stop(at, 'yaml', 'This value cannot be read.');
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (node.tag !== undefined) problems.error(at, 'tag', `The tag ${node.tag} is not used here: remove it.`);
    if (isScalar(node)) return readScalar(node, at);
    open.add(node);
    const value: YamlNode = isMap(node)
      ? readMap(node.items, { at, depth })
      : { kind: 'list', at, items: node.items.map((item) => readItem(item, { at, depth })) };
    open.delete(node);
    return value;
  }

  /** An item that is missing (`- `) is null. */
  function readItem(item: unknown, { at, depth }: { at: number; depth: number }): YamlNode {
    return isNode(item) ? readNode(item, depth + 1) : nothing(at);
  }

  function readAlias(alias: Alias, depth: number): YamlNode {
    const at = alias.range?.[0] ?? 0;
    aliases += 1;
    if (aliases > ALIASES_MAX) stop(at, 'too_many_aliases', `More than ${ALIASES_MAX} aliases are used.`);
    const node = anchors.get(alias.source);
    if (node === undefined)
      return stop(at, 'unknown_alias', `No anchor &${alias.source} stands before this alias.`);
    if (open.has(node))
      return stop(at, 'endless_alias', `The alias *${alias.source} stands within its own anchor.`);
    return readNode(node, depth + 1);
  }

  function readMap(
    items: readonly { key: unknown; value: unknown }[],
    of: { at: number; depth: number },
  ): MapNode {
    const entries = new Map<string, Entry>();
    for (const { key, value } of items) {
      const keyAt = isNode(key) ? (key.range?.[0] ?? of.at) : of.at;
      const name =
        isScalar(key) && key.tag === undefined && key.anchor === undefined ? keyText(key) : undefined;
      if (name === undefined) {
        problems.error(keyAt, 'key', 'A key must be a text.');
      } else if (name === '__proto__' || !name.isWellFormed()) {
        problems.error(keyAt, 'key', 'This key is not allowed: choose another name.');
      } else if (entries.has(name)) {
        problems.error(keyAt, 'duplicate_key', `The key "${name}" is there twice: remove one.`);
      } else {
        entries.set(name, { keyAt, value: readItem(value, { at: keyAt, depth: of.depth }) });
      }
    }
    return { kind: 'map', at: of.at, entries };
  }

  function readScalar(node: Scalar, at: number): ScalarNode {
    const { value } = node;
    const source = node.source ?? '';
    if (typeof value === 'string') {
      if (!value.isWellFormed())
        problems.error(at, 'text', 'The text has half of a character (a lone surrogate).');
      return { kind: 'scalar', at, value, source: value, textAt: verbatimAt(value, at) };
    }
    if (typeof value === 'number' && !isExact(value)) {
      problems.error(at, 'number', `The number ${source} cannot be kept exactly: write it in quotes.`);
      return nothing(at);
    }
    if (value === null || typeof value === 'boolean' || typeof value === 'number') {
      return { kind: 'scalar', at, value, source, textAt: source === '' ? null : at };
    }
    return stop(at, 'yaml', 'This value cannot be read.');
  }

  function verbatimAt(value: string, at: number): number | null {
    if (text.startsWith(value, at)) return at;
    return (text[at] === '"' || text[at] === "'") && text.startsWith(value, at + 1) ? at + 1 : null;
  }

  function stop(at: number, code: string, message: string): never {
    problems.error(at, code, message);
    throw new Stop(message);
  }

  return { read };
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
