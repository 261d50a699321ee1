/** The hub of a campaign: one process after the other on the same port, and a PostgreSQL that outlives them. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemPorts } from '@holdfast/base';
import { createHubOperatorClient, fetchTransport, type HubOperatorClient } from '@holdfast/client';
import { DEMO_STORE, startEmbeddedPostgres } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import { type HubChild, spawnHub } from '../support/hub-child.ts';
import { createDatabases, type Databases } from './databases.ts';

const execute = promisify(execFile);

const CLI = fileURLToPath(new URL('../../../apps/cli/bin/holdfast.js', import.meta.url));

export type Central = {
  readonly url: string;
  readonly operator: HubOperatorClient;
  readonly databases: Databases;
  /** A token with which an edge enrols with the demonstration store. */
  claim(): Promise<string>;
  /** Kills the hub's process, runs `between` while there is none, and starts the next. */
  killAnd(between: () => Promise<void>): Promise<void>;
  /** `holdfast hub backup`, of the hub at work; returns the folder. */
  backUp(): Promise<string>;
  /** `holdfast hub restore` of a backup, and of what the archive has since; the hub must not run. */
  restore(backup: string): Promise<void>;
  close(): Promise<void>;
};

/** Starts PostgreSQL and a hub in `folder`, which must be one that other users may enter. */
export async function startCentral({ folder }: { folder: string }): Promise<Central> {
  const logger = createLogger({ level: 'silent', service: 'recovery' });
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    logger,
    ports: systemPorts,
  });
  const databases = await createDatabases(postgres.url);
  const cacheFolder = join(folder, 'cache');
  mkdirSync(cacheFolder, { recursive: true });
  const flags = { '--data': join(folder, 'hub'), '--database-url': databases.url };
  let next = spawnHub({ cacheFolder });
  let hub: HubChild = next;
  const start = async (port: string, demo: boolean) => {
    hub = next;
    next = spawnHub({ cacheFolder });
    return await hub.start({ flags: { ...flags, '--port': port }, demo });
  };
  const { url, operatorToken } = await start('0', true);
  const holdfast = async (...words: string[]) => {
    const args = [CLI, ...words, '--json', ...Object.entries(flags).flat()];
    return (await execute(process.execPath, args)).stdout;
  };
  const operator = createHubOperatorClient({
    baseUrl: url,
    token: operatorToken,
    transport: fetchTransport,
    timeoutMs: 60_000,
  });
  return {
    url,
    operator,
    databases,
    claim: async () => (await operator.createClaim(DEMO_STORE.store_id)).claim_token,
    async killAnd(between) {
      await hub.kill();
      await between();
      await start(new URL(url).port, false);
    },
    async backUp() {
      const to = join(folder, 'backups');
      const made: { folder: string } = JSON.parse(await holdfast('hub', 'backup', '--to', to, '--no-test'));
      return made.folder;
    },
    async restore(backup) {
      await databases.endSessions();
      await holdfast('hub', 'restore', backup, '--drop-old');
    },
    async close() {
      await Promise.all([hub.kill(), next.kill()]);
      await postgres.stop();
    },
  };
}
