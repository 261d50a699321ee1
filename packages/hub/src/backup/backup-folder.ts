/**
 * The folder that backups are kept in: each in a folder of its own, named by the time it was made. One in the making
 * has another name, and becomes a backup when it is whole.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Random, randomId } from '@holdfast/base';
import { ensureFolder, syncFolder } from '@holdfast/runtime';
import { isMissing } from '../postgres/cluster.ts';

const UNFINISHED = '.making-';
const NAME = /^hub-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

/** A folder that nobody takes for a backup until it is finished; disposing of it before removes it. */
export type BackupInTheMaking = {
  /** Where to write it. */
  readonly folder: string;
  /** Gives it its name, and returns its folder. When this resolves, both are on the disk. */
  finish(): Promise<string>;
  /** Removes it, unless it is finished. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Begins a backup in `parent`, which is made. What killed backups left there is removed: hold its lock. */
export async function beginBackup(
  parent: string,
  { clock, random }: { clock: Clock; random: Random },
): Promise<BackupInTheMaking> {
  await ensureFolder(parent);
  for (const name of await readdir(parent))
    if (name.startsWith(UNFINISHED)) await rm(join(parent, name), { recursive: true });
  const folder = join(parent, `${UNFINISHED}${randomId(random)}`);
  await ensureFolder(folder);
  const at = new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-');
  return {
    folder,
    async finish() {
      const finished = join(parent, `hub-${at}`);
      await syncFolder(folder);
      await rename(folder, finished);
      await syncFolder(parent);
      return finished;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The names of the backups in `parent`, oldest first; none where there is no such folder. */
export async function backupNames(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const found = entries.filter((entry) => entry.isDirectory() && NAME.test(entry.name));
  return found.map(({ name }) => name).sort();
}

/** Removes all but the newest `keep` backups in `parent`; returns the folders that are gone. */
export async function keepNewest(parent: string, keep: number): Promise<string[]> {
  const names = await backupNames(parent);
  const old = names.slice(0, Math.max(0, names.length - keep)).map((name) => join(parent, name));
  for (const folder of old) await rm(folder, { recursive: true });
  return old;
}
