/** Collects what is wrong with a definition, with its place in the text: all of it, not the first alone. */
import { didYouMean } from '../expression/nearest.ts';
import type { Problem } from './model.ts';

/** A text with more problems than this has one cause that repeats; the others are not listed. */
const PROBLEMS_MAX = 200;
/** Problems that come with a hint, and names that a wrong one is compared with: hostile texts have many of both. */
const HINTED_MAX = 50;
const CANDIDATES_MAX = 1_000;

/** Where a problem is; `at` is an offset into the text. */
export type Problems = {
  error(at: number, code: string, message: string): void;
  warn(at: number, code: string, message: string): void;
  /** ` Did you mean "amount"?`, or nothing: also when there are many problems already. */
  hint(word: string, known: Iterable<string>): string;
  /** Whether there is an error: the definition will be refused. */
  hasErrors(): boolean;
  /** What was found, by place: each once, and a bounded number of them. */
  sorted(): Problem[];
};

/** A collector; `lineOf` gives the line and column of an offset, both from 1. */
export function createProblems(lineOf: (at: number) => { line: number; column: number }): Problems {
  const found = new Map<string, Problem>();
  let hasErrors = false;
  const add = (
    severity: Problem['severity'],
    at: number,
    { code, message }: Pick<Problem, 'code' | 'message'>,
  ) => {
    if (severity === 'error') hasErrors = true;
    if (found.size >= PROBLEMS_MAX) return;
    found.set(`${at} ${code} ${message}`, { severity, code, message, ...lineOf(at) });
  };
  return {
    error: (at, code, message) => add('error', at, { code, message }),
    warn: (at, code, message) => add('warning', at, { code, message }),
    hint: (word, known) => {
      if (found.size >= HINTED_MAX) return '';
      return didYouMean(word, [...known].slice(0, CANDIDATES_MAX));
    },
    hasErrors: () => hasErrors,
    sorted: () => [...found.values()].sort(byPlace),
  };
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column || a.code.localeCompare(b.code, 'en');
}
