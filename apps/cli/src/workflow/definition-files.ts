/** Files and folders of definitions as commands take them. */
import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LIMITS } from '@holdfast/base';
import { isDefinitionName, typeNamedIn } from '@holdfast/edge';
import { usage } from '../check-words.ts';

/** A file as it was named, and its text. */
export type DefinitionFile = { file: string; path: string; text: string };

/** The files, and those of the folders among them, in the order they were named. Throws AppError `usage` for none. */
export async function readDefinitionFiles(names: readonly string[], cwd: string): Promise<DefinitionFile[]> {
  const files: DefinitionFile[] = [];
  for (const name of names) {
    const path = resolve(cwd, name);
    const isFolder = (await stat(path)).isDirectory();
    const members = isFolder ? await definitionsIn(path) : [''];
    if (members.length === 0) throw usage(`There are no files *.yaml in ${name}.`);
    for (const member of members) {
      const at = join(path, member);
      files.push({ file: join(name, member), path: at, text: await readStart(at) });
    }
  }
  return files;
}

/** Workflows that other files beside these define: an edge whose folder this is knows them. */
export async function typesBeside(files: readonly DefinitionFile[]): Promise<string[]> {
  const given = new Set(files.map(({ path }) => path));
  const types: string[] = [];
  for (const folder of new Set(files.map(({ path }) => dirname(path))))
    for (const name of await definitionsIn(folder)) {
      const path = join(folder, name);
      const type = given.has(path) ? undefined : typeNamedIn(await readStart(path));
      if (type !== undefined) types.push(type);
    }
  return types;
}

async function definitionsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isDefinitionName(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** The text, or so much of it that whoever checks it sees that it is too long. */
async function readStart(path: string): Promise<string> {
  await using file = await open(path);
  const buffer = Buffer.alloc(LIMITS.workflowDefinitionBytesMax + 1);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, bytes, buffer.length - bytes);
    bytes += bytesRead;
    if (bytesRead === 0 || bytes === buffer.length) return buffer.toString('utf8', 0, bytes);
  }
}
