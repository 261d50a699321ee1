/** Makes what an edge needs before its first start, and opens it at every start. */
import { existsSync, readFileSync } from 'node:fs';
import { AppError, type Ports } from '@holdfast/base';
import { newToken, openKey, sealKey } from '@holdfast/crypto';
import { ensureFolder, lockFolder, writeFileDurably } from '@holdfast/runtime';
import type { EdgeOptions } from './config/options.ts';
import { type EdgePaths, pathsOf } from './paths.ts';
import { hasDatabase, putLostStoreAside, storeMissing } from './recovery/settle.ts';
import { finishSwap } from './recovery/swap.ts';
import { prepareStore } from './store/create.ts';
import { mapOpenError, openForWriting, type StoreKey } from './store/open.ts';

/** How long an immediate restart waits for the process it replaces. */
const LOCK_WAIT_MS = 10_000;

/**
 * Makes the key file and the store in the data folder. `created` is false when both were there already; a store
 * without its key, and a folder whose store was lost, are refused. `replaceLostStore` moves what is left of such a store
 * to the folder `aside` and makes a new one, which is another device.
 */
export async function initEdge({
  options,
  ports,
  replaceLostStore = false,
}: {
  options: EdgeOptions;
  ports: Ports;
  replaceLostStore?: boolean;
}): Promise<{ created: boolean; folder: string; keyFile: string; aside?: string }> {
  const paths = pathsOf(options);
  await ensureFolder(paths.folder);
  const lock = await lockFolder(paths.folder, { waitMs: LOCK_WAIT_MS, ports });
  try {
    const known = { folder: paths.folder, keyFile: paths.key };
    await finishSwap(paths);
    if (existsSync(paths.key) && hasDatabase(paths)) return { created: false, ...known };
    const isLost = hasDatabase(paths) || existsSync(paths.sentinel);
    if (isLost && !replaceLostStore) throw hasDatabase(paths) ? missingKey(paths) : storeMissing(paths);
    const aside = isLost ? { aside: await putLostStoreAside(paths, ports.clock) } : {};
    if (!existsSync(paths.key)) await writeKey(paths, options, ports);
    const db = openForWriting(storeKey(paths, options));
    try {
      prepareStore(db, ports);
    } finally {
      db.close();
    }
    return { created: true, ...known, ...aside };
  } catch (error) {
    throw mapOpenError(error, paths.database);
  } finally {
    lock.release();
  }
}

/** The key of the store. Throws `key_missing` or `key_wrong`, in words that say what to do. */
export function storeKey(paths: EdgePaths, options: Pick<EdgeOptions, 'keyPassphrase' | 'cipher'>): StoreKey {
  if (!existsSync(paths.key)) throw missingKey(paths);
  const key = readKeyFile(paths.key, options.keyPassphrase);
  return { path: paths.database, key, cipher: options.cipher };
}

/** The key in a file that is there. Throws `key_wrong`. */
export function readKeyFile(path: string, passphrase: string | undefined): Buffer {
  const opened = openKey({ text: readFileSync(path, 'utf8'), passphrase });
  if (opened.kind === 'ok') return opened.secret;
  const sentences = {
    damaged: `The key file ${path} is damaged`,
    passphrase_needed: `The key file ${path} needs its passphrase: set HOLDFAST_KEY_PASSPHRASE`,
    wrong_passphrase: `The passphrase does not open the key file ${path}`,
    unknown_version: `The key file ${path} was made by a newer version`,
  };
  throw new AppError('key_wrong', sentences[opened.reason]);
}

/** The token of the local API; made at the first start, mode 0600. */
export async function apiToken(paths: EdgePaths, ports: Ports): Promise<string> {
  const known = existsSync(paths.apiToken) ? readFileSync(paths.apiToken, 'utf8').trim() : '';
  if (known === '') {
    const token = newToken('hf', ports.random);
    await writeFileDurably(paths.apiToken, Buffer.from(`${token}\n`), { mode: 0o600 });
    return token;
  }
  return known;
}

async function writeKey(paths: EdgePaths, options: EdgeOptions, ports: Ports): Promise<void> {
  const text = sealKey({
    secret: ports.random.bytes(32),
    passphrase: options.keyPassphrase,
    random: ports.random,
  });
  await writeFileDurably(paths.key, Buffer.from(text), { mode: 0o600 });
}

function missingKey(paths: EdgePaths): AppError {
  return existsSync(paths.database)
    ? new AppError(
        'key_missing',
        `The store ${paths.database} is there, but its key file ${paths.key} is not. Put the key file back; or give the store up and make a new one, which enrols as a new device: \`holdfast init --replace-lost-store\`.`,
      )
    : new AppError(
        'key_missing',
        `There is no key file ${paths.key}. Run \`holdfast init\` to make a key and an empty store.`,
      );
}
