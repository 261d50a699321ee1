/**
 * Puts a backup in the place of the store. It is tested first; then the present store is moved aside, never deleted. The
 * sentinel stays, and the store says of itself that it was restored: its next start goes on under a new incarnation,
 * sends again what the hub may lack, and pulls back what the hub holds.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type Ports } from '@holdfast/base';
import { lockFolder, syncFile, syncFolder } from '@holdfast/runtime';
import type { EdgeOptions } from '../config/options.ts';
import { readKeyFile, storeKey } from '../init.ts';
import { type EdgePaths, pathsOf } from '../paths.ts';
import { readMeta, writeMeta } from '../store/meta.ts';
import { migrate } from '../store/migrations/index.ts';
import {
  changeKeyOfCopy,
  type Db,
  openCopy,
  openForReading,
  openForWriting,
  type StoreKey,
} from '../store/open.ts';
import { readSentinel } from '../writer/sentinel.ts';
import type { StoreSummary } from './check-store.ts';
import { aboutFile, copyIn } from './copy-in.ts';
import { storeKeyId } from './copy-store.ts';
import { hashFile, readManifest } from './manifest.ts';
import { asideName } from './settle.ts';
import { type BeforeStep, finishSwap, swapStore } from './swap.ts';
import { countMissing, readUnsent } from './unsent.ts';
import { walkCopy } from './walk-copy.ts';

/** What a restore has put in place, and what it has put aside. */
export type Restored = {
  /** Of the store that is in place now. */
  summary: StoreSummary;
  /** Where the store that was there before lies. */
  aside: string;
  /** Sales in there that neither the hub has acked nor the backup holds; undefined when it could not be read. */
  unsent: number | undefined;
};

type Input = {
  options: EdgeOptions;
  ports: Ports;
  file: string;
  /** The key file the backup was made under, if the key was changed since; its passphrase, if it has one. */
  backupKey?: { path: string; passphrase?: string | undefined } | undefined;
  /** Restores where no sentinel tells that the backup is of this edge, or where one tells that it is not. */
  force?: boolean | undefined;
  beforeStep?: BeforeStep;
};

/** How long it waits for an edge that is about to end. */
const LOCK_WAIT_MS = 1_000;

/**
 * Restores a backup. Throws `data_folder_in_use` while the edge runs, `backup_damaged`, `backup_foreign`, `key_wrong`; the
 * present store is untouched then. Whatever ends the process, the old or the restored store starts.
 */
export async function restoreEdge(input: Input): Promise<Restored> {
  const { options, ports } = input;
  const paths = pathsOf(options);
  assertFile(input.file);
  const lock = await lockFolder(paths.folder, { waitMs: LOCK_WAIT_MS, ports });
  try {
    await finishSwap(paths);
    if (!existsSync(paths.key))
      throw new AppError(
        'key_missing',
        `There is no key file ${paths.key}: put the one there that the backup was made under.`,
      );
    const store = storeKey(paths, options);
    try {
      const staged = await stage(input, paths, store);
      const aside = asideName('replaced', ports.clock);
      await swapStore(paths, { aside, keep: true }, input.beforeStep);
      return { ...staged, aside: join(paths.folder, aside) };
    } finally {
      store.key.fill(0);
      // Of a restore that was refused; one that was carried out has left nothing there.
      if (!existsSync(paths.swap)) await finishSwap(paths);
    }
  } finally {
    lock.release();
  }
}

function assertFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new AppError('backup_damaged', `There is no file ${file}.`);
  if (!found.isFile())
    throw new AppError('backup_damaged', `${file} is no file: name the backup in it, which ends in .db.`);
}

/** Copies the backup beside the store, tests it there, and makes it ready to start. */
async function stage(input: Input, paths: EdgePaths, store: StoreKey): Promise<Omit<Restored, 'aside'>> {
  const { file, backupKey, options } = input;
  const key = backupKey ? readKeyFile(backupKey.path, backupKey.passphrase) : Buffer.from(store.key);
  const manifest = readManifest(file);
  if (manifest && manifest.key_id !== storeKeyId(key))
    throw new AppError(
      'key_wrong',
      `The backup ${file} was made under another key. Name the key file of that time: --backup-key FILE.`,
    );
  if (manifest && manifest.sha256 !== (await hashFile(file)))
    throw new AppError('backup_damaged', `${file} is not what its manifest says: it was cut or changed`);
  const cipher = manifest?.cipher ?? store.cipher;
  const next = { path: paths.nextDatabase, key, cipher };
  try {
    await copyIn(file, next, { isBackup: manifest !== undefined, roomBytes: options.freeBytesMin });
    refuseForeign(next, { paths, store, force: input.force === true });
    const summary = walkCopy(
      next,
      (reason) => new AppError('backup_damaged', `${file} cannot be restored: ${reason}`),
    );
    if (cipher !== store.cipher || !key.equals(store.key)) changeKeyOfCopy(next, store);
    const unsent = markRestored({ ...store, path: next.path }, readUnsent(store));
    await syncFile(next.path);
    await syncFolder(paths.folder);
    return { summary, unsent };
  } catch (error) {
    throw aboutFile(error, { file, copy: next.path });
  } finally {
    key.fill(0);
  }
}

/** A backup of another edge would sell under the identity of that one. */
function refuseForeign(next: StoreKey, at: { paths: EdgePaths; store: StoreKey; force: boolean }): void {
  if (at.force) return;
  const here = readSentinel(at.paths.sentinel)?.db_id ?? idOf(() => openForReading(at.store));
  if (here === undefined)
    throw new AppError(
      'backup_foreign',
      'No sentinel and no store tell which edge this folder belongs to. Say --force if the backup is of this edge.',
    );
  const theirs = idOf(() => openCopy(next));
  if (theirs !== undefined && theirs !== here)
    throw new AppError(
      'backup_foreign',
      `The backup is of another edge (${theirs}) than this folder (${here}). Say --force to make this edge that one; the two must never run side by side.`,
    );
}

/** The id of a database; undefined when it does not open, as a store that is lost or damaged does not. */
function idOf(openDb: () => Db): string | undefined {
  let db: Db | undefined;
  try {
    db = openDb();
    return readMeta(db, 'db_id');
  } catch {
    return undefined; // Why it does not open is not asked here; the answer is that nothing is known of it.
  } finally {
    db?.close();
  }
}

/** Returns how many of the operations `unsent` are not in it. */
function markRestored(at: StoreKey, unsent: readonly Buffer[] | undefined): number | undefined {
  const db = openForWriting(at);
  try {
    migrate(db);
    writeMeta(db, 'restored', '1');
    return unsent && countMissing(db, unsent);
  } finally {
    db.close();
  }
}
