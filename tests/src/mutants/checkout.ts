/**
 * A copy of the sources that a mutant may be put into. Dependencies are shared with the original; the workspaces are
 * linked to the copy, so that no line of the original runs in it.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '@holdfast/base';
import type { Mutant } from './mutants.ts';

export type Checkout = {
  readonly folder: string;
  /** Changes the sources; the function returned changes them back. */
  apply(mutant: Mutant): () => void;
  [Symbol.dispose](): void;
};

type Edit = { file: string; find: string; replace: string };

/** Copies what git knows or would add of the repository at `root`. */
export function createCheckout(root: string): Checkout {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  linkModules(root, folder);
  return {
    folder,
    apply(mutant) {
      const edits = [mutant, ...(mutant.also ? [mutant.also] : [])];
      const undo = edits.map((edit) => applyTo(folder, mutant.name, edit));
      return () => {
        for (const each of undo) each();
      };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The text with the edit made; throws AppError `usage` when its place is not there exactly once. */
export function edited(text: string, { name, find, replace }: Edit & { name: string }): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new AppError(
      'usage',
      `The mutant ${name} does not fit the code: its place was found ${parts.length - 1} times. Bring it up to date.`,
    );
  return parts.join(replace);
}

function applyTo(folder: string, name: string, edit: Edit): () => void {
  const path = join(folder, edit.file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, edited(before, { ...edit, name }));
  return () => writeFileSync(path, before);
}

function linkModules(root: string, folder: string): void {
  const modules = join(root, 'node_modules');
  const own = join(folder, 'node_modules');
  mkdirSync(join(own, '@holdfast'), { recursive: true });
  for (const name of readdirSync(modules))
    if (name !== '@holdfast' && !name.startsWith('.vite')) symlinkSync(join(modules, name), join(own, name));
  for (const name of readdirSync(join(modules, '@holdfast')))
    symlinkSync(readlinkSync(join(modules, '@holdfast', name)), join(own, '@holdfast', name));
}
