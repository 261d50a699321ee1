/** Reads the repository from the disk: every text file that `.gitignore` does not leave out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '@holdfast/base';
import type { SourceFile } from './source.ts';

/** The root of this repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const ALWAYS_OUT = new Set(['.git', 'node_modules']);
const BINARY = /\.(png|jpg|jpeg|gif|ico|woff2?|ttf|wasm|gz|zip|db|sqlite|onnx)$/;

/** The text files below `root`, sorted by path. Binary files are left out. */
export function readTree(root: string): SourceFile[] {
  const ignored = readIgnore(readFileSync(join(root, '.gitignore'), 'utf8'));
  const found: SourceFile[] = [];
  const step = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (ALWAYS_OUT.has(entry.name) || ignored(entry.name, entry.isDirectory())) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) step(path);
      else if (entry.isFile() && !BINARY.test(entry.name)) {
        found.push({ path, text: readFileSync(join(root, path), 'utf8') });
      }
    }
  };
  step('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Reads the forms of `.gitignore` this repository uses: `name/` for folders, `*.suffix`, and a plain name. Any other
 * form is refused, so that a new one is not silently misread.
 */
export function readIgnore(text: string): (name: string, isFolder: boolean) => boolean {
  const lines = text.split('\n').map((line) => line.trim());
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  for (const pattern of patterns) {
    assert(/^\*?[\w.-]+\/?$/.test(pattern), `.gitignore: "${pattern}" is a form this reader does not know`);
  }
  return (name, isFolder) =>
    patterns.some((pattern) => {
      if (pattern.endsWith('/')) return isFolder && name === pattern.slice(0, -1);
      return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
    });
}
