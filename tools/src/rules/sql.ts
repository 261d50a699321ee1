/**
 * SQL without a clock and without dice: every time and every random value in a row comes from a port, as an argument.
 * Otherwise a simulation could not repeat itself, and a hub would have two clocks.
 */
import { type AstNode, isNode, textOf, walk } from '../code.ts';
import type { Repo } from '../repo.ts';
import { type Finding, isAround } from '../source.ts';

const KEYWORDS = /\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DEFAULT|RETURN|VALUES)\b/;
const AMBIENT =
  /\b(now|random|randomblob|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid|unixepoch|julianday)\s*\(|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b|'now'/i;

/** Findings about texts that look like SQL and ask the database for the time or for randomness. */
export function checkSql(repo: Repo): Finding[] {
  return repo.code
    .filter(({ path }) => !isAround(path))
    .flatMap((file) => {
      const found: Finding[] = [];
      walk(file.program, (node) => {
        const what = ambientIn(sqlOf(node));
        if (what === undefined) return;
        const message = `${what} in SQL: take the value as an argument`;
        found.push({ path: file.path, line: file.lineAt(node.start), rule: 'sql', message });
      });
      return found;
    });
}

function ambientIn(text: string | undefined): string | undefined {
  if (text === undefined || !KEYWORDS.test(text)) return undefined;
  return AMBIENT.exec(text.replaceAll(/--[^\n]*/g, ''))?.[0].trim();
}

/** The text of a string, or of a whole template with its values left out. */
function sqlOf(node: AstNode): string | undefined {
  if (!isNode(node, 'TemplateLiteral')) return textOf(node);
  const { quasis } = node;
  if (!Array.isArray(quasis)) return undefined;
  return quasis.map((part: unknown) => rawOf(part)).join(' ');
}

function rawOf(part: unknown): string {
  if (!isNode(part)) return '';
  const { value } = part;
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
}
