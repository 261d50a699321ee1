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

/** What is installed, to the version, by the benchmark that needs it. Each has a folder of its own. */
export const PEERS = {
  drain: {
    '@powersync/common': '2.3.0',
    '@powersync/node': '1.1.0',
    'better-sqlite3': '13.2.0',
    express: '4.22.1',
    'express-pouchdb': '4.2.0',
    pouchdb: '9.0.0',
  },
  workflow: { '@dbos-inc/dbos-sdk': '5.3.0' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

type PeerSet = keyof typeof PEERS;
type PeerOf<S extends PeerSet> = keyof (typeof PEERS)[S];

const FOLDER = fileURLToPath(new URL('../../.peers', import.meta.url));

/** Makes sure that the peers of a set are there. Throws when the registry does not give them. */
export async function installPeers(set: PeerSet): Promise<void> {
  const folder = join(FOLDER, set);
  // Written when the installation is whole.
  const installed = join(folder, 'installed.json');
  const manifest = `${JSON.stringify({ private: true, dependencies: PEERS[set] }, undefined, 2)}\n`;
  if ((await readText(installed)) === manifest) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(manifestIn(folder), manifest);
  log(`installing the peers into ${folder}`);
  const code = await runNpm(folder);
  if (code !== 0) {
    const what = Object.entries(PEERS[set]).map(([name, version]) => `${name}@${version}`);
    throw new Error(
      `npm could not install the peers (${what.join(', ')}) into ${folder}. Look at its output above; ` +
        'with a registry within reach (npm config get registry), run this again. Benchmarks without peers need none.',
    );
  }
  await writeFile(installed, manifest);
}

/** What `require(name)` gives a program in the folder of the set. The caller says what it is. */
export function requirePeer<S extends PeerSet>(set: S, name: PeerOf<S> & string): unknown {
  return createRequire(manifestIn(join(FOLDER, set)))(name);
}

function manifestIn(folder: string): string {
  return join(folder, 'package.json');
}

/** Its exit code; null when it was ended by a signal, or is not there. */
async function runNpm(folder: string): Promise<number | null> {
  const args = ['install', `--prefix=${folder}`, '--workspaces=false', '--ignore-scripts', '--omit=optional'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1'];
  const npm = spawn('npm', [...args, ...quiet], { cwd: folder, stdio: ['ignore', 2, 2] });
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
