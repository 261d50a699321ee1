/** Syntax this repository does without, and comments that switch a check off without saying why. */
import { type AstNode, type CodeFile, isNode, memberOf, nameOf, walk } from '../code.ts';
import type { Repo } from '../repo.ts';
import { type Finding, isConfig } from '../source.ts';

const SKIPS = new Set(['only', 'skip', 'skipIf', 'runIf', 'todo', 'fails']);
const SUITES = new Set(['it', 'test', 'describe', 'suite', 'bench']);
const REASON = /(@ts-(ignore|expect-error|nocheck)|\bbiome-ignore(-all|-start|-end)?)\b(?<rest>[^\n]*)/;
const UNFINISHED = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', 'X' + 'XX'].join('|')})\\b`);

/** Findings about syntax and comments. */
export function checkSyntax(repo: Repo): Finding[] {
  return repo.code.flatMap((file) => {
    const found: Finding[] = file.errors.map((message) => at(file.path, 1, message));
    walk(file.program, (node) => {
      const message = checkNode(node, file);
      if (message !== undefined) found.push(at(file.path, file.lineAt(node.start), message));
    });
    for (const { text, line } of file.comments) {
      const message = checkComment(text);
      if (message !== undefined) found.push(at(file.path, line, message));
    }
    return found;
  });
}

function checkNode(node: AstNode, file: CodeFile): string | undefined {
  switch (node.type) {
    case 'TSAnyKeyword':
      return 'any: say what it is, or unknown';
    case 'TSEnumDeclaration':
      return 'enum: use a union of literals';
    case 'TSModuleDeclaration':
      return isNode(node.id, 'Literal') || node.kind === 'global' ? undefined : 'namespace: use a module';
    case 'ExportDefaultDeclaration':
      return isConfig(file.path) ? undefined : 'default export: export it by name';
    case 'TSParameterProperty':
      return 'parameter property: declare the field';
    case 'Decorator':
      return 'decorator: call a function';
    case 'MemberExpression':
      return checkSuite(node);
    default:
      return undefined;
  }
}

/** `it.only`, `describe.each(…).skip`, `test.concurrent.todo`: the chain starts at the name of a suite function. */
function checkSuite(node: AstNode): string | undefined {
  const member = memberOf(node);
  if (member === undefined || !SKIPS.has(member)) return undefined;
  const root = chainRoot(node);
  return root !== undefined && SUITES.has(root)
    ? `${root}.${member}: what is missing fails, it is not skipped`
    : undefined;
}

function chainRoot(node: AstNode): string | undefined {
  const inner = node.type === 'CallExpression' ? node.callee : node.object;
  if (isNode(inner, 'MemberExpression') || isNode(inner, 'CallExpression')) return chainRoot(inner);
  return nameOf(inner);
}

function checkComment(text: string): string | undefined {
  const rest = REASON.exec(text)?.groups?.rest;
  if (rest !== undefined && !hasReason(rest)) return `"${text.trim()}" does not say why`;
  return UNFINISHED.test(text) ? 'unfinished work: finish it, or open an issue' : undefined;
}

/** A reason is words after the name of the check: `lint/a/b: because it is so`, `because it is so`. */
function hasReason(rest: string): boolean {
  const reason = rest.includes(':') ? rest.slice(rest.indexOf(':') + 1) : rest.replace(/^\s*\S*\/\S*/, '');
  return reason.trim().split(/\s+/).length >= 3;
}

function at(path: string, line: number, message: string): Finding {
  return { path, line, rule: 'syntax', message };
}
