/** Makes what an edge needs before its first start, and opens it at every start. */
import { existsSync, readFileSync } from 'node:fs';
import { AppError, type Ports } from '@holdfast/base';
import { newToken, openKey, sealKey } from '@holdfast/crypto';
import { ensureFolder, lockFolder, writeFileDurably } from '@holdfast/runtime';
import type { EdgeOptions } from './config/options.ts';
import { type EdgePaths, pathsOf } from './paths.ts';
import { prepareStore } from './store/create.ts';
import { openForWriting, type StoreKey } from './store/open.ts';

/** How long an immediate restart waits for the process it replaces. */
const LOCK_WAIT_MS = 10_000;

/**
 * Makes the key file and the store in the data folder. `created` is false when both were there already; a store
 * without its key, or a key without its store where another was expected, is refused.
 */
export async function initEdge({
  options,
  ports,
}: {
  options: EdgeOptions;
  ports: Ports;
}): Promise<{ created: boolean; folder: string; keyFile: string }> {
  const paths = pathsOf(options);
  await ensureFolder(paths.folder);
  const lock = await lockFolder(paths.folder, { waitMs: LOCK_WAIT_MS, ports });
  try {
    const known = { folder: paths.folder, keyFile: paths.key };
    if (existsSync(paths.key) && existsSync(paths.database)) return { created: false, ...known };
    if (existsSync(paths.database)) throw missingKey(paths);
    if (!existsSync(paths.key)) await writeKey(paths, options, ports);
    const db = openForWriting(storeKey(paths, options));
    try {
      prepareStore(db, ports);
    } finally {
      db.close();
    }
    return { created: true, ...known };
  } finally {
    lock.release();
  }
}

/** The key of the store. Throws `key_missing` or `key_wrong`, in words that say what to do. */
export function storeKey(paths: EdgePaths, options: Pick<EdgeOptions, 'keyPassphrase' | 'cipher'>): StoreKey {
  if (!existsSync(paths.key)) throw missingKey(paths);
  const opened = openKey({ text: readFileSync(paths.key, 'utf8'), passphrase: options.keyPassphrase });
  if (opened.kind === 'ok') return { path: paths.database, key: opened.secret, cipher: options.cipher };
  const sentences = {
    damaged: `The key file ${paths.key} is damaged`,
    passphrase_needed: `The key file ${paths.key} needs its passphrase: set HOLDFAST_KEY_PASSPHRASE`,
    wrong_passphrase: `The passphrase does not open the key file ${paths.key}`,
    unknown_version: `The key file ${paths.key} was made by a newer version`,
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
        `The store ${paths.database} is there, but its key file ${paths.key} is not. Put the key file back.`,
      )
    : new AppError(
        'key_missing',
        `There is no key file ${paths.key}. Run \`holdfast init\` to make a key and an empty store.`,
      );
}
