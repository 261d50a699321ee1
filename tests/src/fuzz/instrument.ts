/**
 * Puts counters into a source file: one at the start of each function, branch, loop, case and short-circuited operand.
 * A counter stands for an edge of the flow of control, because every branch has its own, the missing `else` too.
 * Works on TypeScript as it is written; Node strips the types afterwards.
 */
import { AppError } from '@holdfast/base';
import { parseSync } from 'oxc-parser';

/** The global array that instrumented code counts in. */
export const HITS_NAME = '__holdfastHits';

/** A source with counters `first` to `first + counters - 1`, and the short texts it compares or writes. */
export type Instrumented = { text: string; counters: number; literals: string[] };

type Node = { type: string; start: number; end: number } & { [member: string]: unknown };
type Insertion = { at: number; text: string };

const LITERAL_CHARS_MAX = 24;
const LOOPS = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
/** Members that run only sometimes and are expressions, by the type of the node that holds them. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  ConditionalExpression: ['consequent', 'alternate'],
  LogicalExpression: ['right'],
  AssignmentPattern: ['right'],
};

/** The source with its counters; a text that is no TypeScript is a `usage` error. */
export function instrument(source: string, at: { path: string; first: number }): Instrumented {
  const { program, errors } = parseSync(at.path, source);
  if (errors.length > 0) throw new AppError('usage', `${at.path} cannot be parsed: ${errors[0]?.message}`);
  const literals = new Set<string>();
  const insertions: Insertion[] = [];
  let next = at.first;
  const count = () => `${HITS_NAME}[${next++}]++`;
  const step = (node: Node): void => {
    if (node.type === 'ImportDeclaration') return;
    noteLiteral(node, literals);
    const wraps = wrapsOf(node, count);
    insertions.push(...wraps.inside);
    for (const [member, value] of Object.entries(node)) {
      const wrap = wraps.around.get(member);
      if (wrap !== undefined && isNode(value)) insertions.push({ at: value.start, text: wrap.before() });
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) step(child);
      if (wrap !== undefined && isNode(value)) insertions.push({ at: value.end, text: wrap.after });
    }
    if (node.type === 'IfStatement' && node.alternate === null)
      insertions.push({ at: node.end, text: ` else {${count()};}` });
  };
  step(program as unknown as Node); // The tree is walked without its types; each member is checked before use.
  return { text: insert(source, insertions), counters: next - at.first, literals: [...literals] };
}

type Wrap = { before: () => string; after: string };

/** What stands around members of a node, and what is inserted at places of its own. */
function wrapsOf(
  node: Node,
  count: () => string,
): { around: ReadonlyMap<string, Wrap>; inside: Insertion[] } {
  const statement: Wrap = { before: () => `{${count()};`, after: '}' };
  const expression: Wrap = { before: () => `(${count()},(`, after: '))' };
  const around = new Map<string, Wrap>();
  const inside: Insertion[] = [];
  const body = (member: string) => {
    const value = node[member];
    if (isNode(value) && value.type === 'BlockStatement')
      inside.push({ at: value.start + 1, text: `${count()};` });
    else around.set(member, statement);
  };
  if (FUNCTIONS.has(node.type) && isNode(node.body)) {
    if (node.body.type === 'BlockStatement') body('body');
    else around.set('body', expression);
  }
  if (node.type === 'IfStatement') {
    body('consequent');
    if (node.alternate !== null) body('alternate');
  }
  if (LOOPS.has(node.type) || node.type === 'CatchClause') body('body');
  if (node.type === 'SwitchCase') inside.push({ at: startOfCase(node), text: `${count()};` });
  for (const member of OPERANDS[node.type] ?? []) around.set(member, expression);
  const isLogical = node.type === 'AssignmentExpression' && /^(\?\?|&&|\|\|)=$/.test(String(node.operator));
  if (isLogical) around.set('right', expression);
  return { around, inside };
}

/** A case without statements ends behind its colon. */
function startOfCase(node: Node): number {
  const first: unknown = Array.isArray(node.consequent) ? node.consequent[0] : undefined;
  return isNode(first) ? first.start : node.end;
}

function noteLiteral(node: Node, literals: Set<string>): void {
  const isText = node.type === 'Literal' && typeof node.value === 'string';
  if (isText && String(node.value).length <= LITERAL_CHARS_MAX) literals.add(String(node.value));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Insertions at one place stand in the order in which the walk came by; the sort keeps it. */
function insert(source: string, insertions: readonly Insertion[]): string {
  let text = '';
  let done = 0;
  for (const { at, text: added } of insertions.toSorted((a, b) => a.at - b.at)) {
    text += source.slice(done, at) + added;
    done = at;
  }
  return text + source.slice(done);
}
