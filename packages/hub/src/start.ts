/**
 * Starts a hub: folder locked, context opened, tenant known, API listening, services running. Closing goes the other way: no new
 * request, no running service, then the database, then the folder.
 */
import { type Ports, type Service, supervise } from '@holdfast/base';
import { type Logger, listen, lockFolder } from '@holdfast/runtime';
import { composeHub } from './compose.ts';
import type { HubOptions } from './config/options.ts';
import { loadSettings } from './config/settings.ts';
import { type HubContext, openDataFolder, openHub } from './context.ts';
import { createPostgresKeeper } from './keep-postgres.ts';
import { endingWith } from './start-ports.ts';

/** How long a hub waits for its predecessor to let the data folder go. */
const LOCK_WAIT_MS = 10_000;

/** A hub that answers. */
export type RunningHub = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The operator's bearer token; also in the file `api-token` of the data folder. */
  readonly operatorToken: string;
  readonly context: HubContext;
  /** Stops everything, in order. Calling it again waits for the same end. */
  close(): Promise<void>;
};

/**
 * Starts a hub and resolves when it answers; when `signal` aborts it is closed. Whatever it has opened is closed again
 * if it throws: AppError `config_invalid`, `data_folder_in_use`, `key_wrong`, `hub_key_missing`, `hub_wiped`, `port_in_use`, or
 * one of PostgreSQL's; or the reason of `signal`, when that aborts before the hub answers.
 */
export async function startHub(input: {
  options: HubOptions;
  ports: Ports;
  logger: Logger;
  signal: AbortSignal;
}): Promise<RunningHub> {
  const { ports, logger, signal } = input;
  const settings = await loadSettings(input.options);
  await using opening = new AsyncDisposableStack();
  // Before the lock, which would make the folder for its owner alone.
  await openDataFolder(settings.dataFolder);
  const lock = await lockFolder(settings.dataFolder, {
    waitMs: LOCK_WAIT_MS,
    ports: endingWith(ports, signal),
  });
  opening.defer(() => lock.release());
  const context = await openHub({ settings, ports, logger, signal });
  const postgres = createPostgresKeeper(context);
  opening.defer(() => postgres.stop());
  opening.defer(() => context.close());
  const { app, authorities, services } = await composeHub(context);
  opening.defer(runServices(context, [...postgres.services, ...services]));
  const { host, port, tls, insecureLan } = settings;
  const listener = await listen(app, { host, port, tls, insecureLan });
  opening.defer(() => listener.close());
  authorities.addListener(listener);
  const opened = opening.move();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= opened.disposeAsync();
    return closing;
  };
  const closeOnAbort = () => {
    close().catch((error: unknown) => logger.error({ err: error }, 'the hub did not close cleanly'));
  };
  if (signal.aborted) closeOnAbort();
  signal.addEventListener('abort', closeOnAbort, { once: true });
  logger.info({ url: listener.url }, 'the hub answers');
  return {
    url: listener.url,
    port: listener.port,
    operatorToken: context.keys.operatorToken,
    context,
    close,
  };
}

/** Starts what runs beside the requests; the function returned ends it and waits for that. */
function runServices({ ports, logger }: HubContext, services: readonly Service[]): () => Promise<void> {
  const stop = new AbortController();
  const running = services.map((service) =>
    supervise(service, {
      ports,
      signal: stop.signal,
      onFailure: ({ service: name, error, retryInMs }) =>
        logger.warn({ service_name: name, err: error, retry_in_ms: retryInMs }, 'a service failed'),
    }),
  );
  return async () => {
    stop.abort();
    await Promise.all(running);
  };
}
