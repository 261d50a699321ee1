/** Where a benchmark keeps its files: on a disk, because durability in memory costs nothing and measures nothing. */
import { chmod, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { log } from './report.ts';

/** `f_type` of a file system that lives in memory (statfs(2)). */
const TMPFS = 0x01021994;

/** Runs `use` with a new folder in the system's temporary folder, or in `.holdfast` here when that is in memory. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(await baseFolder(), 'holdfast-bench-'));
  try {
    await chmod(folder, 0o711); // Root's PostgreSQL runs as another user, who passes through here.
    log(`files in ${folder}`);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function baseFolder(): Promise<string> {
  const { type } = await statfs(tmpdir());
  if (type !== TMPFS) return tmpdir();
  const here = resolve('.holdfast');
  await mkdir(here, { recursive: true, mode: 0o711 });
  return here;
}
