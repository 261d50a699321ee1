/**
 * Builds the till where its sources are newer than what was built. The build goes to a folder of its own and takes its
 * place in one step, so that neither an edge nor a second build ever sees half of it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import { access, constants, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ports } from '@holdfast/base';
import { ensureFolder, lockFolder } from '@holdfast/runtime';
import { openLog } from './log-file.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const TILL = join(ROOT, 'apps/till');
const BUILT = join(TILL, 'dist');
const CACHE = join(ROOT, 'node_modules/.cache/holdfast-till');
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js');
/** Everything the build reads. */
const SOURCES = [
  ...['src', 'index.html', 'vite.config.ts', 'package.json'].map((name) => join(TILL, name)),
  ...['base', 'protocol', 'ui'].map((name) => join(ROOT, 'packages', name, 'src')),
];
const LOCK_WAIT_MS = 60_000;

/** What became of it: `folder` is undefined where there is no till to serve. */
export type TillBuild = { folder: string | undefined; outcome: 'current' | 'built' | 'failed' | 'missing' };

/** The till as files, built if need be. A build that fails leaves the one before; its words are in `logFile`. */
export async function buildTill(options: {
  logFile: string;
  ports: Ports;
  signal: AbortSignal;
}): Promise<TillBuild> {
  if (!existsSync(join(TILL, 'index.html'))) return built('missing');
  if (!(await isStale())) return built('current');
  try {
    await access(TILL, constants.W_OK);
    await ensureFolder(CACHE);
  } catch {
    return built('failed'); // Somebody else's checkout: what is built there is served as it is.
  }
  const lock = await lockFolder(CACHE, { waitMs: LOCK_WAIT_MS, ports: options.ports });
  try {
    // Another start may have built it while this one waited.
    if (!(await isStale())) return built('current');
    return built((await build(options)) ? 'built' : 'failed');
  } finally {
    lock.release();
  }
}

function built(outcome: TillBuild['outcome']): TillBuild {
  return { folder: existsSync(join(BUILT, 'index.html')) ? BUILT : undefined, outcome };
}

async function build({ logFile, signal }: { logFile: string; signal: AbortSignal }): Promise<boolean> {
  const next = join(CACHE, 'next');
  const last = join(CACHE, 'last');
  await rm(next, { recursive: true, force: true });
  const log = openLog(logFile);
  const vite = spawn(
    process.execPath,
    [VITE, 'build', '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'],
    {
      cwd: TILL,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  const kill = () => vite.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  const code = await exitCodeOf(vite);
  signal.removeEventListener('abort', kill);
  if (code !== 0 || !existsSync(join(next, 'index.html'))) return false;
  await rm(last, { recursive: true, force: true });
  if (existsSync(BUILT)) await rename(BUILT, last);
  await rename(next, BUILT);
  return true;
}

function exitCodeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

async function isStale(): Promise<boolean> {
  const page = join(BUILT, 'index.html');
  if (!existsSync(page)) return true;
  const builtMs = (await stat(page)).mtimeMs;
  for (const source of SOURCES) if ((await newestMs(source)) > builtMs) return true;
  return false;
}

/** The time of the last change under a path. */
async function newestMs(path: string): Promise<number> {
  const stats = await stat(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  let newest = 0;
  for (const name of await readdir(path)) newest = Math.max(newest, await newestMs(join(path, name)));
  return newest;
}
