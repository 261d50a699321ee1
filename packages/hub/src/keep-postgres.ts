/**
 * Keeps the hub's own PostgreSQL running: one that ended by itself is started again, and the pool is shown its new
 * address. Until then requests are answered `hub_unavailable`.
 */
import { AppError, type Service } from '@holdfast/base';
import type { HubContext } from './context.ts';
import { startEmbeddedPostgres } from './postgres/embedded.ts';
import { createLogKeeper } from './postgres/log-file.ts';

/** The services, and the end of what they started. Stop it after the pool. */
export type PostgresKeeper = { services: Service[]; stop(): Promise<void> };

/** A keeper for the server of `context`; with a `databaseUrl` there is nothing to keep. */
export function createPostgresKeeper(context: HubContext): PostgresKeeper {
  const { pool, ports, logger, settings } = context;
  const isOurs = context.postgres !== undefined;
  let server = context.postgres;
  const restart = async () => {
    const started = await startEmbeddedPostgres({ folder: settings.postgresFolder, ports, logger });
    // Connections the pool makes from now on go there; the old ones have broken.
    pool.options.connectionString = started.url;
    return started;
  };
  const service: Service = {
    name: 'postgres',
    async run(signal) {
      server ??= await restart();
      const exit = await Promise.race([server.exited, aborted(signal)]);
      if (exit === undefined) return;
      server = undefined;
      throw new AppError(
        'postgres_failed',
        `PostgreSQL ended by itself: ${exit.signal ?? `code ${exit.code}`}`,
      );
    },
  };
  const log = createLogKeeper({ folder: settings.postgresFolder, timers: ports.timers });
  return {
    services: isOurs ? [service, log] : [],
    stop: async () => server?.stop(),
  };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
