/** Sizes: a source file and a function stay small enough to be read in one go. */
import { type AstNode, type CodeFile, isNode, memberOf, nameOf, type Place, walk } from '../code.ts';
import type { Repo } from '../repo.ts';
import type { Finding } from '../source.ts';

/** Most lines of a source file, and of a function from its first line to its last. */
export const FILE_LINES_MAX = 800;
export const FUNCTION_LINES_MAX = 70;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Findings about files and functions that are too long. */
export function checkSizes(repo: Repo): Finding[] {
  return repo.code.flatMap((file) => [...checkFile(file), ...checkFunctions(file)]);
}

function checkFile(file: CodeFile): Finding[] {
  const lines = file.lineAt(Math.max(0, file.text.length - 1));
  if (lines <= FILE_LINES_MAX) return [];
  return [
    { path: file.path, line: lines, rule: 'size', message: `${lines} lines, at most ${FILE_LINES_MAX}` },
  ];
}

function checkFunctions(file: CodeFile): Finding[] {
  const found: Finding[] = [];
  walk(file.program, (node, place) => {
    if (!FUNCTIONS.has(node.type) || isGroup(place)) return;
    const line = file.lineAt(node.start);
    const lines = file.lineAt(node.end) - line + 1;
    if (lines <= FUNCTION_LINES_MAX) return;
    const message = `a function of ${lines} lines, at most ${FUNCTION_LINES_MAX}`;
    found.push({ path: file.path, line, rule: 'size', message });
  });
  return found;
}

/** The callback of `describe` groups tests; it is not a function anyone reads in one go. */
function isGroup({ parent, member }: Place): boolean {
  if (parent?.type !== 'CallExpression' || member !== 'arguments') return false;
  return calleeName(parent) === 'describe';
}

function calleeName(call: AstNode): string | undefined {
  const { callee } = call;
  if (isNode(callee, 'CallExpression')) return calleeName(callee);
  if (!isNode(callee, 'MemberExpression')) return nameOf(callee);
  return nameOf(callee.object) ?? memberOf(callee);
}
