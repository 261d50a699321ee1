/** `docs/benchmarks.md`: results stand in it between markers, put there by the benchmark that measured them. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { assert } from '@holdfast/base';

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** The parts, and what writes them. */
const PARTS = {
  peers: 'npm run bench -- drain --peers --write',
  workflow: 'npm run bench -- workflow --write',
  recovery: 'npm run bench -- recovery --write',
} as const;

export type Part = keyof typeof PARTS;

/** Puts `text` into the page, between the markers of a part. */
export async function writePart(part: Part, text: string): Promise<void> {
  await writeFile(PAGE, exchange(await readFile(PAGE, 'utf8'), part, text));
}

/** `page` with `text` between the markers of a part, in place of what stood there. Both must be in it, in order. */
export function exchange(page: string, part: Part, text: string): string {
  const first = `<!-- ${part}: begin; written by ${PARTS[part]} -->`;
  const last = `<!-- ${part}: end -->`;
  const [begin, end] = [page.indexOf(first), page.indexOf(last)];
  assert(begin !== -1 && end > begin, `the page needs the lines ${first} and ${last}`);
  return `${page.slice(0, begin)}${first}\n\n${text}\n\n${page.slice(end)}`;
}

/** A table of Markdown: the first column is text, the others stand to the right. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = heads.map((_, column) => (column === 0 ? '---' : '---:'));
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
