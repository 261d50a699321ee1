/**
 * Texts speak of Holdfast: not of how or with what they were written, not of one machine, not of one registry. The
 * names are kept as hashes and the patterns are written so that they do not match themselves; so this file needs no
 * exception.
 */
import { createHash } from 'node:crypto';
import type { Repo } from '../repo.ts';
import type { Finding, SourceFile } from '../source.ts';

/** First 16 hexadecimal digits of the SHA-256 of names of writing tools, in lower case. */
const NAMES = new Set([
  'c857d09db23e6822',
  'c70eca6b0f88f44d',
  '7d3194f79e645c42',
  '60965168ce762e94',
  '3ea125d0bff386e6',
  '57de4cf40144bdf7',
  '5d72436256ada538',
  '94a168d2da574b00',
  'd298391b07433318',
  '053ea4804ef1bb33',
]);

const PATTERNS: readonly [RegExp, string][] = [
  [/[c]o-authored-by/i, 'a credit: the history keeps those'],
  [/\b[g]enerated with\b|\b[l]anguage model\b/i, 'how it was written'],
  [/(?<![\w.~-])\/(?:[w]ork|[h]ome|[U]sers)\/[\w.-]+/, 'a path of one machine'],
];

/** Any registry but the public one, in a setting or as the source of a locked package. */
const REGISTRY = /\b(?:registry|resolved)"?\s*[=:]\s*"?https?:\/\/(?!registry\.npmjs\.org\/)/;

/** Findings about the text of every file. The lock file is made by npm; of it only the registry is checked. */
export function checkWords(repo: Repo): Finding[] {
  const known = new Map<string, boolean>();
  return repo.files.flatMap((file) => {
    const isLock = file.path.endsWith('package-lock.json');
    const registry = matches(file, REGISTRY, 'a registry of one network');
    if (isLock) return registry;
    const patterns = PATTERNS.flatMap(([pattern, message]) => matches(file, pattern, message));
    return [...registry, ...patterns, ...names(file, known)];
  });
}

function matches(file: SourceFile, pattern: RegExp, message: string): Finding[] {
  if (!pattern.test(file.text)) return [];
  return file.text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [found({ file, index, message })] : []));
}

function names(file: SourceFile, known: Map<string, boolean>): Finding[] {
  return file.text.split('\n').flatMap((line, index) => {
    const words = line.toLowerCase().match(/[a-z]{3,}/g) ?? [];
    return words
      .filter((word) => isName(word, known))
      .map((word) => found({ file, index, message: `"${word}" is the name of a writing tool` }));
  });
}

function isName(word: string, known: Map<string, boolean>): boolean {
  const before = known.get(word);
  if (before !== undefined) return before;
  const is = NAMES.has(createHash('sha256').update(word).digest('hex').slice(0, 16));
  known.set(word, is);
  return is;
}

function found(it: { file: SourceFile; index: number; message: string }): Finding {
  return { path: it.file.path, line: it.index + 1, rule: 'words', message: it.message };
}
