/**
 * Real PostgreSQL as a child process, for trying and for a single machine. It listens on 127.0.0.1 alone, with a
 * password that stands in a file only the caller can read, and every setting that an ack depends on is on.
 */
import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AppError, must, type Ports } from '@holdfast/base';
import { ensureFolder, type Logger, writeFileDurably } from '@holdfast/runtime';
import pg from 'pg';
import { type Account, assertCanEnter, databaseAccount, giveTo } from './account.ts';
import { type Binaries, findBinaries, spawnAs } from './binaries.ts';
import { lastLine, openCluster, SUPERUSER } from './cluster.ts';
import { logFileIn, rotateLog } from './log-file.ts';
import { clearPredecessor } from './predecessor.ts';

const START_TRIES = 40;
const START_MS = 60_000;
const STOP_MS = 30_000;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  // Segments are kept and written over, which costs half of making new ones; a whole batch fits the buffers.
  min_wal_size: '256MB',
  wal_buffers: '16MB',
  // The programs inside npm are built without lz4, and pglz costs more than it saves.
  wal_compression: 'off',
  jit: 'off',
  autovacuum: 'on',
};

export type PostgresExit = { code: number | null; signal: NodeJS.Signals | null };

/** A running server. `exited` resolves when it ends, however it ends. */
export type EmbeddedPostgres = {
  /** Connection string of its superuser; a secret. */
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<PostgresExit>;
  /** Fast shutdown: open transactions are rolled back. Resolves when the process is gone. */
  stop(): Promise<void>;
};

type Paths = { folder: string; dataFolder: string; logFile: string };

/**
 * Starts the PostgreSQL of `folder`, making the cluster if need be; resolves when it answers. A predecessor on the same
 * folder is waited for or stopped. Throws AppError `postgres_folder`, `postgres_failed` or `data_folder_in_use`.
 */
export async function startEmbeddedPostgres(options: {
  folder: string;
  logger: Logger;
  ports: Ports;
  /** The port to use; any free one unless given. */
  port?: number;
  /** Settings in place of ours; for tests alone, whose data nobody misses when the power goes. */
  settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const { folder, ports, logger } = options;
  const binaries = findBinaries();
  const account = await databaseAccount();
  await ensureFolder(folder);
  await giveTo(account, folder);
  await assertCanEnter(account, folder);
  await assertCanEnter(account, binaries.postgres);
  const { dataFolder, password } = await openCluster({ folder, account, binaries, random: ports.random });
  const ownerFile = join(folder, 'owner.pid');
  await clearPredecessor({ dataFolder, ownerFile, ports, logger });
  await writeFileDurably(ownerFile, `${process.pid}\n`);
  const paths = { folder, dataFolder, logFile: logFileIn(folder) };
  for (let tries = 1; ; tries += 1) {
    const started = await startOnce({
      binaries,
      account,
      paths,
      password,
      ports,
      port: options.port ?? (await freePort()),
      settings: { ...SETTINGS, ...options.settings },
    });
    if (started.kind === 'running') return started.server;
    if (tries >= START_TRIES || !isPassing(started.log)) {
      throw new AppError(
        'postgres_failed',
        `PostgreSQL did not start: ${lastLine(started.log)} (${paths.logFile})`,
      );
    }
    await ports.timers.sleep(250);
  }
}

type Started = { kind: 'running'; server: EmbeddedPostgres } | { kind: 'failed'; log: string };

async function startOnce(options: {
  binaries: Binaries;
  account: Account;
  paths: Paths;
  password: string;
  ports: Ports;
  port: number;
  settings: Readonly<Record<string, string>>;
}): Promise<Started> {
  const { paths, ports, port } = options;
  const logFrom = await rotateLog(paths.logFile);
  const child = await spawnServer(options);
  const ended = Promise.withResolvers<PostgresExit>();
  child.once('exit', (code, signal) => ended.resolve({ code, signal }));
  child.once('error', () => ended.resolve({ code: null, signal: null }));
  const state: { exit?: PostgresExit } = {};
  void ended.promise.then((exit) => {
    state.exit = exit;
  });
  const url = `postgres://${SUPERUSER}:${options.password}@127.0.0.1:${port}/postgres`;
  const until = ports.clock.monotonicMs() + START_MS;
  try {
    while (!(await answers(url))) {
      if (state.exit !== undefined) {
        return { kind: 'failed', log: (await readFile(paths.logFile)).subarray(logFrom).toString() };
      }
      if (ports.clock.monotonicMs() > until)
        throw new AppError('postgres_failed', `PostgreSQL did not answer within a minute (${paths.logFile})`);
      await ports.timers.sleep(25);
    }
  } catch (error) {
    // It recovers or waits; nobody needs what it is doing.
    child.kill('SIGQUIT');
    await ended.promise;
    throw error;
  }
  const pid = must(child.pid, 'a process that answers has a number');
  const exited = ended.promise;
  return { kind: 'running', server: { url, pid, exited, stop: () => stop({ child, exited, state, ports }) } };
}

async function spawnServer({
  binaries,
  account,
  paths,
  port,
  settings,
}: {
  binaries: Binaries;
  account: Account;
  paths: Paths;
  port: number;
  settings: Readonly<Record<string, string>>;
}): Promise<ChildProcess> {
  const log = await open(paths.logFile, 'a', 0o600);
  try {
    const assignments = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return spawnAs(account, {
      program: binaries.postgres,
      args: ['-D', paths.dataFolder, '-p', String(port), ...assignments],
      cwd: paths.folder,
      stdio: ['ignore', log.fd, log.fd],
    });
  } finally {
    await log.close();
  }
}

async function stop(server: {
  child: ChildProcess;
  exited: Promise<PostgresExit>;
  state: { exit?: PostgresExit };
  ports: Ports;
}): Promise<void> {
  if (server.state.exit !== undefined) return;
  server.child.kill('SIGINT');
  const cancel = server.ports.timers.after(STOP_MS, () => server.child.kill('SIGQUIT'));
  await server.exited;
  cancel();
}

/**
 * What a next try can mend: the port was taken in between, or the backends of a killed postmaster have not yet
 * noticed that it is gone.
 */
function isPassing(log: string): boolean {
  return /could not (bind|create any TCP\/IP sockets)|pre-existing shared memory block|lock file "postmaster\.pid"/.test(
    log,
  );
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {}); // A server that goes away while it starts is seen by its exit.
  try {
    await client.connect();
    return true;
  } catch {
    return false; // Not yet, or never: the caller looks at the process and at the time.
  } finally {
    await client.end().catch(() => {});
  }
}

/** A port of 127.0.0.1 that is free now; somebody else may take it before it is used. */
async function freePort(): Promise<number> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  return typeof address === 'object' && address !== null ? address.port : 0;
}
