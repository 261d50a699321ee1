/**
 * What is looked at before a store is opened: a swap that is still to be finished, and whether there is a store at all.
 * An empty one is never made in the place of one that was lost: it would sell on, and nobody would miss what is gone.
 */
import { existsSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Clock } from '@holdfast/base';
import { ensureFolder } from '@holdfast/runtime';
import type { EdgePaths } from '../paths.ts';
import { finishSwap, moveAside } from './swap.ts';

/** Finishes a swap, and throws `store_missing` when there is no store to open. The folder is locked. */
export async function settleStore(paths: EdgePaths): Promise<void> {
  await finishSwap(paths);
  if (hasDatabase(paths)) return;
  if (existsSync(paths.sentinel)) throw storeMissing(paths);
  // Neither here nor ever here: no key file says so in better words.
  if (!existsSync(paths.key)) return;
  throw new AppError(
    'store_missing',
    `There is no store at ${paths.database}, but the key file ${paths.key} is there. Run \`holdfast init\` to make an empty store, or put a backup back: \`holdfast edge restore FILE\`.`,
  );
}

/** True when there is a database with something in it. */
export function hasDatabase(paths: EdgePaths): boolean {
  return (statSync(paths.database, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** The store is gone, and a sentinel tells that there was one. */
export function storeMissing(paths: EdgePaths): AppError {
  const what = existsSync(paths.database) ? 'is empty' : 'is missing';
  return new AppError(
    'store_missing',
    `The store ${paths.database} ${what}, but ${paths.sentinel} tells that one was here. Put a backup back: \`holdfast edge restore FILE\`; or make a new store, which enrols as a new device: \`holdfast init --replace-lost-store\`.`,
  );
}

/** Moves what is left of a lost store into a folder of its own, whose name tells when; the key stays. Returns the folder. */
export async function putLostStoreAside(paths: EdgePaths, clock: Clock): Promise<string> {
  const aside = join(paths.folder, asideName('lost', clock));
  await ensureFolder(aside);
  if (existsSync(paths.sentinel)) await rename(paths.sentinel, join(aside, 'sentinel'));
  await moveAside(paths, aside, () => undefined);
  return aside;
}

/** The name of a folder for what is replaced: `replaced-2026-01-31T12-00-00-000Z`. */
export function asideName(why: 'lost' | 'replaced' | 'rekeyed', clock: Clock): string {
  return `${why}-${new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-')}`;
}
