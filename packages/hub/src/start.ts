/**
 * Starts a hub: folder locked, context opened, tenant known, API listening, services running. Closing goes the other way: no new
 * request, no running service, then the database, then the folder.
 */
import { type Ports, type Service, supervise } from '@holdfast/base';
import { createPinHasher } from '@holdfast/crypto';
import { type Listener, type Logger, listen, lockFolder } from '@holdfast/runtime';
import { createHubApi } from './api/create-hub-api.ts';
import { createHubMetrics } from './api/hub-metrics.ts';
import type { HubOptions } from './config/options.ts';
import { loadSettings } from './config/settings.ts';
import { type HubContext, openDataFolder, openHub } from './context.ts';
import { type Authorities, createAuthorities } from './identity/authorities.ts';
import { createDeviceDirectory } from './identity/device-directory.ts';
import { createNonceCleanUp } from './identity/nonces.ts';
import { createOperatorCheck } from './identity/operator.ts';
import { createRefusalLog } from './identity/refusal-log.ts';
import { ensureTenant } from './identity/tenant.ts';
import { createPostgresKeeper } from './keep-postgres.ts';

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
 * if it throws: AppError `config_invalid`, `data_folder_in_use`, `key_wrong`, `port_in_use`, or one of PostgreSQL's.
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
  const lock = await lockFolder(settings.dataFolder, { waitMs: LOCK_WAIT_MS, ports });
  opening.defer(() => lock.release());
  const context = await openHub(settings, ports, logger);
  const postgres = createPostgresKeeper(context);
  opening.defer(() => postgres.stop());
  opening.defer(() => context.close());
  opening.defer(runServices(context, postgres.services));
  const listener = await serve(context);
  opening.defer(() => listener.close());
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

async function serve(context: HubContext): Promise<Listener> {
  const { settings, pool, ports, logger, keys, metrics, verifier } = context;
  const authorities: Authorities = createAuthorities(settings.publicAuthorities);
  const api = createHubApi({
    hub: context,
    tenantId: await ensureTenant(pool, { keys, ports }),
    isOperator: createOperatorCheck(keys.operatorToken),
    directory: createDeviceDirectory({ pool, clock: ports.clock }),
    check: {
      clock: ports.clock,
      refusals: createRefusalLog({ clock: ports.clock, logger }),
      authorities,
      verifier,
      macKey: keys.macKey,
    },
    pinHasher: createPinHasher(),
    counters: createHubMetrics(metrics),
  });
  const { host, port, tls, insecureLan } = settings;
  const listener = await listen(api.app, { host, port, tls, insecureLan });
  authorities.addListener(listener);
  return listener;
}

/** Starts what runs beside the requests; the function returned ends it and waits for that. */
function runServices(context: HubContext, postgres: Service[]): () => Promise<void> {
  const { pool, ports, logger, catchUp } = context;
  const services: Service[] = [...postgres, catchUp, createNonceCleanUp({ pool, ports })];
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
