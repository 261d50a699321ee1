/**
 * The server of a hub for a tool beside it: that of a hub that runs now, or one started for the while. With a
 * `databaseUrl` there is nothing to start.
 */
import { join } from 'node:path';
import type { Ports } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { HubSettings } from '../config/settings.ts';
import { readPassword, SUPERUSER } from './cluster.ts';
import { startEmbeddedPostgres } from './embedded.ts';
import { readRunning } from './predecessor.ts';

const LOOK_EVERY_MS = 100;
/** How long a hub that is starting may take until its server answers. */
const WAIT_MS = 30_000;

/** A server that answers. */
export type OpenServer = {
  /** Connection string of the hub's database; a secret. */
  readonly databaseUrl: string;
  /** Stops it if it was started here. */
  close(): Promise<void>;
};

/**
 * Opens the server of a hub whose data folder is locked by this process (`isOurs`), or by the hub itself, which is
 * waited for while it starts. Throws what {@link startEmbeddedPostgres} throws.
 */
export async function openServer(input: {
  settings: HubSettings;
  isOurs: boolean;
  ports: Ports;
  logger: Logger;
}): Promise<OpenServer> {
  const { settings, isOurs, ports, logger } = input;
  const { postgresFolder: folder, databaseUrl } = settings;
  if (databaseUrl !== undefined) return { databaseUrl, close: async () => {} };
  const untilMs = ports.clock.monotonicMs() + WAIT_MS;
  for (;;) {
    const running = await findRunning(settings);
    if (running !== undefined) return { databaseUrl: running, close: async () => {} };
    if (isOurs || ports.clock.monotonicMs() > untilMs) break;
    await ports.timers.sleep(LOOK_EVERY_MS);
  }
  const server = await startEmbeddedPostgres({ folder, ports, logger });
  return { databaseUrl: server.url, close: () => server.stop() };
}

/** Connection string of the server that a running hub has started; undefined while none runs. A secret. */
export async function findRunning({
  postgresFolder: folder,
}: Pick<HubSettings, 'postgresFolder'>): Promise<string | undefined> {
  const running = await readRunning({
    dataFolder: join(folder, 'data'),
    ownerFile: join(folder, 'owner.pid'),
  });
  if (running === undefined) return undefined;
  const password = encodeURIComponent(await readPassword(folder));
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${running.port}/postgres`;
}
