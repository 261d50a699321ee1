/**
 * Puts another database, and with it maybe another key, in the place of the present ones, so that whatever ends the
 * process in between, the store that was there or the new one starts.
 *
 * The new database lies beside the old one, whole and fsynced, before `swap.json` is written; with that file the swap is
 * decided. From then on it is carried out by whoever comes first, the command or the next start, and each of its steps may
 * be repeated. Without that file a next database is rubbish of a swap that was never decided.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder, syncFolder, writeFileDurably } from '@holdfast/runtime';
import { z } from 'zod';
import type { EdgePaths } from '../paths.ts';

/** `aside` is the folder, inside the data folder, that the present files go to; `keep` says whether they stay there. */
const Swap = z.object({ version: z.literal(1), aside: z.string().regex(/^[\w.-]+$/), keep: z.boolean() });
export type Swap = z.infer<typeof Swap>;

/** The files of a database; the three belong together. */
const DATABASE_ENDINGS = ['', '-wal', '-shm'] as const;

/** Where a test may step in: called before each step, with its name; throwing plays a process that ends there. */
export type BeforeStep = (step: string) => void;

/** Decides the swap and carries it out. The next database, and the next key if there is one, are on the disk. */
export async function swapStore(
  paths: EdgePaths,
  how: { aside: string; keep: boolean },
  before: BeforeStep = () => undefined,
): Promise<void> {
  before('decide');
  await writeFileDurably(paths.swap, JSON.stringify({ version: 1, ...how } satisfies Swap));
  await finishSwap(paths, before);
}

/** Carries out a swap that was decided and not finished; removes what one left behind that was never decided. */
export async function finishSwap(paths: EdgePaths, before: BeforeStep = () => undefined): Promise<void> {
  if (!existsSync(paths.swap)) return await removeNext(paths);
  const swap = Swap.parse(JSON.parse(readFileSync(paths.swap, 'utf8')));
  const aside = join(paths.folder, swap.aside);
  if (existsSync(paths.nextDatabase)) {
    await moveAside(paths, aside, before);
    before('place the database');
    await rename(paths.nextDatabase, paths.database);
    await syncFolder(paths.folder);
  }
  if (existsSync(paths.nextKey)) await replaceKey(paths, before);
  before('clean up');
  if (!swap.keep) await rm(aside, { recursive: true, force: true });
  before('end');
  await rm(paths.swap);
  await syncFolder(paths.folder);
}

/** Moves the database away, with its log: a log of one database beside another would be taken for its own. */
export async function moveAside(paths: EdgePaths, aside: string, before: BeforeStep): Promise<void> {
  before('make the folder');
  await ensureFolder(aside);
  for (const ending of DATABASE_ENDINGS) {
    const file = `${paths.database}${ending}`;
    if (!existsSync(file)) continue;
    before(`move ${ending}`);
    await rename(file, join(aside, `edge.db${ending}`));
  }
  await syncFolder(aside);
  await syncFolder(paths.folder);
}

/** Overwrites the old key, as far as the disk allows that, and puts the next one in its place. */
async function replaceKey(paths: EdgePaths, before: BeforeStep): Promise<void> {
  before('wipe the key');
  if (existsSync(paths.key)) {
    const file = await open(paths.key, 'r+');
    try {
      await file.write(Buffer.alloc(statSync(paths.key).size), 0, undefined, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  before('place the key');
  await rename(paths.nextKey, paths.key);
  await syncFolder(dirname(paths.key));
}

async function removeNext(paths: EdgePaths): Promise<void> {
  for (const ending of [...DATABASE_ENDINGS, '-journal'])
    await rm(`${paths.nextDatabase}${ending}`, { force: true });
  await rm(paths.nextKey, { force: true });
}
