/** `holdfast dev`, which is what `npm start` runs. */
import { ensureFolder, type FolderLock, lockFolder } from '@holdfast/runtime';
import { defineCommand } from '../command.ts';
import { renderBanner } from '../dev/banner.ts';
import { DEV_DEFAULTS, type DevOptions, devOptions } from '../dev/dev-options.ts';
import { DevRun } from '../dev/dev-run.ts';
import { waitForFreePorts } from '../dev/free-ports.ts';
import { isRoot, listenForStop } from '../dev/stop-signals.ts';
import type { Shell } from '../shell/shell.ts';

/** An immediate restart waits for the processes of the run before it. */
const LOCK_WAIT_MS = 20_000;
const PORT_WAIT_MS = 8_000;

export const dev = defineCommand({
  name: 'dev',
  summary: 'Runs PostgreSQL, a hub, edges and their till on this machine, filled with a demonstration store.',
  details:
    'DATABASE_URL, also in .env, puts the hub on a PostgreSQL that is there. Edge N listens on the edge port + N - 1;\nedges 1 and 2 share a store, each further one has a store of its own. Logs are in the folder logs of the data.',
  examples: [
    ['npm start', 'everything, with data in ./.holdfast'],
    ['npm start -- --edges 2 --data /tmp/try', 'two edges, with data elsewhere'],
    ['npm start -- --hub-port 5000 --edge-port 5100', 'on other ports'],
  ],
  args: {
    data: { type: 'string', default: DEV_DEFAULTS.data, description: 'Folder of all data', valueHint: 'DIR' },
    'hub-port': {
      type: 'string',
      default: DEV_DEFAULTS['hub-port'],
      description: 'Port of the hub',
      valueHint: 'N',
    },
    'edge-port': {
      type: 'string',
      default: DEV_DEFAULTS['edge-port'],
      description: 'Port of the first edge',
      valueHint: 'N',
    },
    edges: { type: 'string', default: DEV_DEFAULTS.edges, description: 'How many edges', valueHint: 'N' },
  },
  async run(args, shell) {
    const options = devOptions(args, { cwd: shell.cwd, databaseUrl: shell.env.DATABASE_URL });
    const run = new DevRun(options, shell);
    const stop = listenForStop({ ports: shell.ports, env: shell.env, force: () => run.force() });
    try {
      await runUntil(stop.signal, { options, run, shell, json: args.json === true });
    } finally {
      stop.end();
    }
    return undefined;
  },
});

async function runUntil(
  signal: AbortSignal,
  { options, run, shell, json }: { options: DevOptions; run: DevRun; shell: Shell; json: boolean },
): Promise<void> {
  const stopped = aborted(signal);
  const locks: FolderLock[] = [];
  const starting = start(signal, { options, run, shell, locks });
  // A start that is cut short fails somewhere in the middle, which nobody needs to hear of.
  starting.catch(() => {});
  try {
    const report = await Promise.race([starting, stopped]);
    if (report !== undefined) {
      shell.print(json ? JSON.stringify(report) : renderBanner(report, shell));
      await stopped;
    }
    shell.note('Stopping …');
  } finally {
    await run.stop();
    for (const lock of locks) lock.release();
  }
  shell.note('Everything has stopped; the data stays.');
}

async function start(
  signal: AbortSignal,
  { options, run, shell, locks }: { options: DevOptions; run: DevRun; shell: Shell; locks: FolderLock[] },
) {
  const { ports } = shell;
  const progress = shell.progress('Starting; waiting for the run before this one to end');
  try {
    // Root's PostgreSQL runs as another user, who must pass through these folders.
    const mode = isRoot() ? 0o711 : 0o700;
    await ensureFolder(options.folder, mode);
    locks.push(await lockFolder(options.folder, { waitMs: LOCK_WAIT_MS, ports }));
    await ensureFolder(options.hub.folder, mode);
    await ensureFolder(options.logsFolder);
    const wanted = [
      { port: options.hub.port, flag: '--hub-port' },
      ...options.edges.map(({ port }) => ({ port, flag: '--edge-port' })),
    ];
    await waitForFreePorts(wanted, { waitMs: PORT_WAIT_MS, ports, signal });
    if (signal.aborted) return undefined;
    progress.update('Starting PostgreSQL, the hub, the edges and the till');
    return await run.start();
  } finally {
    progress.end();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
