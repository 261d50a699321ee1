/**
 * Syntax trees of the sources (ESTree with TypeScript nodes). Rules walk them without knowing every node type, so
 * that new syntax is passed through, not refused.
 */
import { parseSync } from 'oxc-parser';
import type { SourceFile } from './source.ts';

/** A node of the tree; offsets are UTF-16 code units. */
export type AstNode = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [member: string]: unknown;
};

export type Comment = { text: string; line: number };

/** A parsed file. `errors` is empty unless the text is not TypeScript. */
export type CodeFile = SourceFile & {
  program: AstNode;
  comments: Comment[];
  errors: string[];
  /** The line (from 1) of an offset. */
  lineAt(offset: number): number;
};

/** Where a node hangs: its parent, and the member of the parent that holds it. */
export type Place = { parent: AstNode | undefined; member: string };

/** Parses a source file; the dialect is that of its extension. */
export function parseCode(file: SourceFile): CodeFile {
  const { program, comments, errors } = parseSync(file.path, file.text);
  const starts = lineStarts(file.text);
  const lineAt = (offset: number) => lineOf(starts, offset);
  // The parser's union of node types has no index signature; every node is a plain object with these members.
  const root: unknown = program;
  return {
    ...file,
    program: isNode(root) ? root : { type: 'Program', start: 0, end: file.text.length },
    comments: comments.map(({ value, start }) => ({ text: value, line: lineAt(start) })),
    errors: errors.map(({ message }) => message),
    lineAt,
  };
}

/** Calls `visit` for every node, parents first. */
export function walk(node: AstNode, visit: (node: AstNode, place: Place) => void): void {
  const step = (current: AstNode, place: Place): void => {
    visit(current, place);
    for (const [member, value] of Object.entries(current)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) step(child, { parent: current, member });
      }
    }
  };
  step(node, { parent: undefined, member: '' });
}

/** True for a node, of one type if given. */
export function isNode(value: unknown, type?: string): value is AstNode {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('start' in value)) return false;
  return typeof value.type === 'string' && (type === undefined || value.type === type);
}

/** The name of an identifier, or undefined for any other node. */
export function nameOf(value: unknown): string | undefined {
  return isNode(value, 'Identifier') && typeof value.name === 'string' ? value.name : undefined;
}

/** The text of a string literal, or undefined for any other node. */
export function textOf(value: unknown): string | undefined {
  return isNode(value, 'Literal') && typeof value.value === 'string' ? value.value : undefined;
}

/** The name of the accessed member: `b` of `a.b` and `a['b']`. */
export function memberOf(node: AstNode): string | undefined {
  return node.computed === true ? textOf(node.property) : nameOf(node.property);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
