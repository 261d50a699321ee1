/**
 * The peers, installed when they are first needed into a folder that git ignores: they are compared with, and are no
 * part of the product or of its lock file. No script of theirs runs; their native parts come inside npm.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { log } from '../report.ts';

/** What is installed, to the version. */
export const PEERS = {
  '@powersync/common': '2.3.0',
  '@powersync/node': '1.1.0',
  'better-sqlite3': '13.2.0',
  express: '4.22.1',
  'express-pouchdb': '4.2.0',
  pouchdb: '9.0.0',
} as const;

const FOLDER = fileURLToPath(new URL('../../.peers', import.meta.url));
const MANIFEST = join(FOLDER, 'package.json');
/** Written when the installation is whole. */
const INSTALLED = join(FOLDER, 'installed.json');

/** Makes sure that the peers are there. Throws when the registry does not give them. */
export async function installPeers(): Promise<void> {
  const manifest = `${JSON.stringify({ private: true, dependencies: PEERS }, undefined, 2)}\n`;
  if ((await readText(INSTALLED)) === manifest) return;
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await writeFile(MANIFEST, manifest);
  log(`installing the peers into ${FOLDER}`);
  const code = await runNpm();
  if (code !== 0) {
    const what = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
    throw new Error(
      `npm could not install the peers (${what.join(', ')}) into ${FOLDER}. Look at its output above; ` +
        'with a registry within reach (npm config get registry), run this again. The other benchmarks need none.',
    );
  }
  await writeFile(INSTALLED, manifest);
}

/** What `require(name)` gives a program in that folder. The caller says what it is. */
export function requirePeer(name: keyof typeof PEERS): unknown {
  return createRequire(MANIFEST)(name);
}

/** Its exit code; null when it was ended by a signal, or is not there. */
async function runNpm(): Promise<number | null> {
  const args = ['install', `--prefix=${FOLDER}`, '--workspaces=false', '--ignore-scripts', '--omit=optional'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1'];
  const npm = spawn('npm', [...args, ...quiet], { cwd: FOLDER, stdio: ['ignore', 2, 2] });
  try {
    const [code] = await once(npm, 'close');
    return typeof code === 'number' ? code : null;
  } catch (error) {
    log(`npm did not start: ${String(error)}`);
    return null;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
