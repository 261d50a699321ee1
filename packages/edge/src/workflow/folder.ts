/** Files of a folder that hold definitions, and whether they have come to rest. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '@holdfast/base';

/** More files than this are not looked at. */
const FILES_MAX = 1_000;

/** A file as it is at one look; another `stamp` is another content. */
export type FolderFile = { name: string; stamp: string; bytes: number };

/** The definition files of a folder, by name; none when there is no folder. */
export function listFiles(folder: string): FolderFile[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const files = names.filter(isDefinitionName).sort();
  return files.slice(0, FILES_MAX).flatMap((name) => {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile()) return [];
    const stamp = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    return [{ name, stamp, bytes: stats.size }];
  });
}

/** Whether a file of this name is taken for a definition: `*.yaml` or `*.yml`, unless it is hidden. */
export function isDefinitionName(name: string): boolean {
  return /\.ya?ml$/.test(name) && !name.startsWith('.');
}

/** The text of a file; one that is larger than any definition is cut, which whoever reads it refuses. */
export function readText(folder: string, { name, bytes }: FolderFile): string {
  const text = Buffer.alloc(Math.min(bytes, LIMITS.workflowDefinitionBytesMax + 1));
  const file = openSync(join(folder, name), 'r');
  try {
    return text.toString('utf8', 0, readSync(file, text));
  } finally {
    closeSync(file);
  }
}

/** True for the error of a file or folder that is not there, or went between two looks. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** The workflow that a text seems to define, before it is read; undefined when it names none. */
export function typeNamedIn(text: string): string | undefined {
  return /^workflow_type:\s*["']?([A-Za-z][A-Za-z0-9_-]{0,63})/m.exec(text)?.[1];
}
