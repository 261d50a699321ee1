/** The corpus of a target: small files, one input each, whose names are their hashes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The corpora of the repository, one folder a target. */
export const CORPUS_FOLDER = join(import.meta.dirname, '../../corpus');

/** The inputs of a folder in the order of their names; none where there is no such folder. */
export function readCorpus(folder: string): Uint8Array[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

/** Writes an input under that name and returns its path; the folder is made. */
export function writeInput(folder: string, name: string, input: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, input);
  return path;
}
