/** A hub as it is installed: the command in a process of its own, with PostgreSQL, at its most talkative level. */
import { execFile, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { must } from '@holdfast/base';
import { createHubOperatorClient, fetchTransport, type HubOperatorClient } from '@holdfast/client';

const execute = promisify(execFile);
const CLI = fileURLToPath(new URL('../../../../apps/cli/bin/holdfast.js', import.meta.url));

export type HubProcess = {
  readonly url: string;
  readonly port: number;
  /** Its data folder; the folder of PostgreSQL is `postgres` in it. */
  readonly folder: string;
  readonly logFile: string;
  readonly operatorToken: string;
  readonly operator: HubOperatorClient;
  /** Of its own PostgreSQL, as the superuser. */
  readonly databaseUrl: string;
  /** Runs a command beside it, such as `hub backup`. */
  run(...words: string[]): Promise<void>;
  /** Ends it, and its PostgreSQL. */
  stop(): Promise<void>;
};

/** Starts the hub with the demonstration store in `folder`; devices reach it by `authority` as well. */
export async function startHubProcess(at: { folder: string; authority: string }): Promise<HubProcess> {
  const folder = join(at.folder, 'hub');
  const logFile = join(at.folder, 'hub.log');
  mkdirSync(at.folder, { recursive: true });
  const log = openSync(logFile, 'a');
  const words = [
    '--data',
    folder,
    '--port',
    '0',
    '--log-level',
    'debug',
    '--public-authorities',
    at.authority,
  ];
  const child = spawn(process.execPath, [CLI, 'hub', 'start', '--demo', ...words], {
    cwd: at.folder,
    stdio: ['ignore', 'ignore', log, 'ipc'], // The end of the channel ends it, whatever becomes of this process.
  });
  closeSync(log);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<{ port: number; url: string }>((resolve) => {
    child.on('message', (message: { kind: string; port: number; url: string }) => {
      if (message.kind === 'ready') resolve(message);
    });
  });
  const outcome = await Promise.race([ready, ended]);
  if (outcome === null || typeof outcome === 'number')
    throw new Error(`The hub did not start; it ended with ${outcome}: ${readFileSync(logFile, 'utf8')}`);
  const { url, port } = outcome;
  const operatorToken = readFileSync(join(folder, 'api-token'), 'utf8').trim();
  return {
    ...{ url, port, folder, logFile, operatorToken },
    operator: createHubOperatorClient({ baseUrl: url, token: operatorToken, transport: fetchTransport }),
    databaseUrl: databaseUrlIn(join(folder, 'postgres')),
    run: async (...command) =>
      void (await execute(process.execPath, [CLI, ...command, '--data', folder], { cwd: at.folder })),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The fourth line of the file that PostgreSQL keeps while it runs is its port. */
function databaseUrlIn(folder: string): string {
  const port = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = encodeURIComponent(readFileSync(join(folder, 'password'), 'utf8').trim());
  return `postgres://holdfast:${password}@127.0.0.1:${must(port, 'PostgreSQL runs')}/postgres`;
}
