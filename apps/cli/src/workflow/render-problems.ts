/** Problems of definitions as compilers write them: the place, what is wrong, the line, and a mark under it. */
import type { WorkflowProblem } from '@holdfast/protocol';
import type { Paint } from '../shell/shell.ts';
import { count } from '../text.ts';

/** Characters of a line that are shown around its problem. */
const SHOWN_MAX = 100;

/** `file:line:column: severity code: message`; the line with its mark when the text is at hand. */
export function renderProblem(
  problem: WorkflowProblem,
  { file, text, paint }: { file: string; text?: string | undefined; paint: Paint },
): string {
  const { severity, code, message, line, column } = problem;
  const word = severity === 'error' ? paint.red(severity) : paint.yellow(severity);
  const head = `${paint.bold(`${file}:${line}:${column}:`)} ${word} ${code}: ${printable(message)}`;
  const source = text?.split(/\r\n|\r|\n/)[line - 1];
  return source === undefined ? head : [head, ...excerpt(source, { line, column })].join('\n');
}

/** `2 errors, 1 warning`. */
export function countProblems(problems: readonly WorkflowProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return parts.join(', ');
}

function excerpt(source: string, { line, column }: { line: number; column: number }): string[] {
  const from = Math.max(0, Math.min(column - 1 - SHOWN_MAX / 2, source.length - SHOWN_MAX));
  const shown = printable(source.slice(from, from + SHOWN_MAX));
  const number = String(line);
  const margin = ' '.repeat(number.length);
  const lead = from > 0 ? '…' : '';
  const trail = from + SHOWN_MAX < source.length ? '…' : '';
  const mark = ' '.repeat(Math.max(0, column - 1 - from) + lead.length);
  return [`  ${number} | ${lead}${shown}${trail}`, `  ${margin} | ${mark}^`];
}

/** A text of a stranger must not steer the terminal; each character keeps its place. */
function printable(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/\p{Cc}/gu, '�');
}
