/** Definitions for tests: the published examples, and texts in the shortest form. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../../examples/workflows/', import.meta.url);

/** Name and text of each published example. */
export function exampleTexts(): { name: string; text: string }[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));
}
