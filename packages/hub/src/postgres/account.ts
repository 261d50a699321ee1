/**
 * Who runs PostgreSQL. It refuses to run as root, so root runs it as the user `postgres`, which must be able to enter
 * every folder on the way to its data and to its programs.
 */
import { execFile } from 'node:child_process';
import { chown, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '@holdfast/base';

const run = promisify(execFile);
const NAME = 'postgres';

/** `self` is the user of this process; `other` the user that root hands over to. */
export type Account = { kind: 'self' } | { kind: 'other'; uid: number; gid: number };

/** The account to use; for root the user `postgres`, which is made when it is missing. */
export async function databaseAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const known = await lookUp();
  if (known) return known;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', NAME]);
  } catch (cause) {
    throw new AppError('postgres_failed', 'The system user postgres is missing and could not be made', {
      cause,
    });
  }
  const made = await lookUp();
  if (!made) throw new AppError('postgres_failed', 'The system user postgres was made but cannot be found');
  return made;
}

/** Hands `path` over to the account; its content keeps its owners. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (account.kind === 'other') await chown(path, account.uid, account.gid);
}

/** Throws AppError `postgres_folder`, naming the folder in the way, unless the account can enter `path`. */
export async function assertCanEnter(account: Account, path: string): Promise<void> {
  if (account.kind === 'self') return;
  const target = await realpath(path);
  for (let folder = target; ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new AppError(
        'postgres_folder',
        `PostgreSQL runs as the user ${NAME}, which cannot enter ${folder} on the way to ${target}`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
    return { kind: 'other', uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // `id` fails for a name that is not known: an answer, not a failure.
  }
}
