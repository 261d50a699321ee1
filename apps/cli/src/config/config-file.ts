/** Finds, reads and writes configuration files. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '@holdfast/base';
import { ensureFolder, writeFileDurably } from '@holdfast/runtime';
import type { Shell } from '../shell/shell.ts';

/** A file as options are loaded from. */
export type ConfigFile = { path: string; text: string };

/** Where files are looked for without `--config`: here, and where `holdfast dev` puts them. */
const PLACES = {
  edge: ['edge.toml', '.holdfast/edge-1/edge.toml'],
  hub: ['hub.toml', '.holdfast/hub/hub.toml'],
} as const;

/** The file of `--config`, else the first there is; undefined where there is none. */
export function findConfig(
  kind: keyof typeof PLACES,
  { flag, shell }: { flag: string | undefined; shell: Pick<Shell, 'cwd'> },
): string | undefined {
  if (flag !== undefined) return resolve(shell.cwd, flag);
  return PLACES[kind].map((place) => resolve(shell.cwd, place)).find((path) => existsSync(path));
}

/** Reads a file. Throws AppError `config_invalid` with its path. */
export async function readConfig(path: string): Promise<ConfigFile> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (cause) {
    const why = isMissing(cause)
      ? 'There is no configuration file'
      : 'The configuration file cannot be read:';
    throw new AppError('config_invalid', `${why} ${path}`, { cause });
  }
}

/** The text of a file; none where there is no file. */
export async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

/** Replaces a file at once; it may hold a claim token, so it is its owner's alone. */
export async function writeConfig(path: string, text: string): Promise<void> {
  await ensureFolder(dirname(path));
  await writeFileDurably(path, text, { mode: 0o600 });
}

/** True for "no such file or directory". */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
