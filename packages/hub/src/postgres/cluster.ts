/**
 * The data folder of the embedded PostgreSQL. A cluster is made in a folder of its own and renamed when it is whole:
 * a kill in the middle leaves a folder that the next start removes, never half a cluster under the real name.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Random } from '@holdfast/base';
import { toBase64Url } from '@holdfast/crypto';
import { ensureFolder, writeFileDurably } from '@holdfast/runtime';
import { type Account, giveTo } from './account.ts';
import { type Binaries, spawnAs } from './binaries.ts';

/** The superuser of the cluster. */
export const SUPERUSER = 'holdfast';
const UNFINISHED = 'making-';
const PASSWORD_FILE = 'password';

export type Cluster = { dataFolder: string; password: string };

/** The cluster in `folder`, made if it is missing. The password file belongs to the caller and has mode 0600. */
export async function openCluster(options: {
  folder: string;
  account: Account;
  binaries: Binaries;
  random: Random;
}): Promise<Cluster> {
  const { folder } = options;
  const dataFolder = join(folder, 'data');
  const names = await readdir(folder);
  for (const name of names.filter((each) => each.startsWith(UNFINISHED))) {
    // An initdb that outlived its killed parent may still be writing; without its folder it soon ends.
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 50, retryDelay: 20 });
  }
  const password = await openPassword(folder, options.random);
  if (!names.includes('data')) await makeCluster({ ...options, dataFolder, password });
  return { dataFolder, password };
}

/** The password of the superuser of the cluster in `folder`, which has been made before. */
export async function readPassword(folder: string): Promise<string> {
  return (await readFile(join(folder, PASSWORD_FILE), 'utf8')).trim();
}

async function openPassword(folder: string, random: Random): Promise<string> {
  try {
    return await readPassword(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const path = join(folder, PASSWORD_FILE);
  const password = toBase64Url(random.bytes(24));
  await writeFileDurably(path, `${password}\n`);
  return password;
}

async function makeCluster(options: {
  folder: string;
  account: Account;
  binaries: Binaries;
  dataFolder: string;
  password: string;
}): Promise<void> {
  const { account, dataFolder } = options;
  const making = join(options.folder, `${UNFINISHED}${randomUUID()}`);
  await ensureFolder(making);
  await giveTo(account, making);
  const passwordFile = join(making, 'password');
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  await giveTo(account, passwordFile);
  const output = await initdb(options, { making, passwordFile });
  if (output.code !== 0) {
    throw new AppError('postgres_failed', `initdb failed: ${lastLine(output.text)}`, { cause: output.text });
  }
  await rename(join(making, 'data'), dataFolder);
  // Writing a file through a rename also brings the new name of its neighbour to the disk.
  await writeFileDurably(join(options.folder, 'made'), 'This cluster is whole.\n', { mode: 0o644 });
  await rm(making, { recursive: true });
}

async function initdb(
  { account, binaries }: { account: Account; binaries: Binaries },
  { making, passwordFile }: { making: string; passwordFile: string },
): Promise<{ code: number | null; text: string }> {
  const args = [
    `--pgdata=${join(making, 'data')}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Bytes sort alike on every machine; an index never depends on the version of a C library.
    '--locale=C',
  ];
  const child = spawnAs(account, {
    program: binaries.initdb,
    args,
    cwd: making,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ended = Promise.withResolvers<number | null>();
  child.once('error', ended.reject);
  child.once('close', ended.resolve);
  return { code: await ended.promise, text };
}

/** The last line that says something. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

/** True for "no such file or directory". */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
