/**
 * Gives a store another key. SQLite cannot change the key of a store in WAL mode, and a change in place would leave
 * a store of two keys behind when it is cut short: a copy is made under the new key, walked, and swapped in with it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { AppError, type Ports } from '@holdfast/base';
import { sealKey } from '@holdfast/crypto';
import { lockFolder, syncFile, syncFolder, writeFileDurably } from '@holdfast/runtime';
import type { EdgeOptions } from '../config/options.ts';
import { storeKey } from '../init.ts';
import { pathsOf } from '../paths.ts';
import { changeKeyOfCopy, openForWriting, type StoreKey } from '../store/open.ts';
import { copyStore, storeKeyId } from './copy-store.ts';
import { asideName, settleStore } from './settle.ts';
import { type BeforeStep, finishSwap, swapStore } from './swap.ts';
import { walkCopy } from './walk-copy.ts';

type Input = {
  options: EdgeOptions;
  ports: Ports;
  /** Of the new key file; null for none. */
  passphrase: string | null;
  /** A file to keep the present key in, which older backups need. It is not there yet. */
  keepOldKey?: string | undefined;
  beforeStep?: BeforeStep;
};

/** How long it waits for an edge that is about to end. */
const LOCK_WAIT_MS = 1_000;

/**
 * Makes a new key and encrypts the store under it. When it resolves, nothing in the data folder opens with the old key,
 * nor holds it. Throws `data_folder_in_use` while the edge runs. Whatever ends the process, the store starts again, under
 * the key that lies beside it then.
 */
export async function rekeyEdge(input: Input): Promise<{ keyFile: string; keyId: string; oldKeyId: string }> {
  const { options, ports } = input;
  const paths = pathsOf(options);
  const lock = await lockFolder(paths.folder, { waitMs: LOCK_WAIT_MS, ports });
  try {
    await settleStore(paths);
    const store = storeKey(paths, options);
    const next: StoreKey = { ...store, path: paths.nextDatabase, key: ports.random.bytes(32) };
    const ids = { keyId: storeKeyId(next.key), oldKeyId: storeKeyId(store.key) };
    try {
      if (input.keepOldKey !== undefined) await keepKey(paths.key, input.keepOldKey);
      await copyStore(store, next.path, options.freeBytesMin);
      changeKeyOfCopy({ ...store, path: next.path }, next);
      walkCopy(
        next,
        (reason) => new AppError('store_damaged', `The store could not be copied whole: ${reason}`),
      );
      // As a start would: the store is in WAL mode when it is placed.
      openForWriting(next).close();
      await syncFile(next.path);
      const { random } = ports;
      const text = sealKey({ secret: next.key, passphrase: input.passphrase ?? undefined, random });
      await writeFileDurably(paths.nextKey, text);
      await syncFolder(paths.folder);
      await swapStore(paths, { aside: asideName('rekeyed', ports.clock), keep: false }, input.beforeStep);
      return { keyFile: paths.key, ...ids };
    } finally {
      store.key.fill(0);
      next.key.fill(0);
      if (!existsSync(paths.swap)) await finishSwap(paths);
    }
  } finally {
    lock.release();
  }
}

async function keepKey(from: string, to: string): Promise<void> {
  if (existsSync(to)) throw new AppError('usage', `${to} is there already; name a file that is not.`);
  await writeFileDurably(to, readFileSync(from));
}
