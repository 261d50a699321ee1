/** Starts an edge: opens the store, the writer, the link and the API, and ends them in the opposite order. */
import { readFileSync } from 'node:fs';
import { AppError, supervise } from '@holdfast/base';
import { listen, lockFolder, onHangup } from '@holdfast/runtime';
import { type ComposeInput, composeEdge, type EdgeComposition } from './compose.ts';
import type { EdgeOptions } from './config/options.ts';
import type { EdgeContext } from './context.ts';
import { pathsOf } from './paths.ts';
import { mapOpenError } from './store/open.ts';

export type RunningEdge = {
  url: string;
  port: number;
  apiToken: string;
  context: EdgeContext;
  /** Resolves with the reason when the store has failed and the process must end. */
  failed: Promise<unknown>;
  close(): Promise<void>;
};

type StartInput = Pick<
  ComposeInput,
  'options' | 'ports' | 'logger' | 'transport' | 'openWriter' | 'synchronous' | 'workflow'
>;

const LOCK_WAIT_MS = 10_000;

/**
 * Starts an edge that was made by `initEdge`; it sells as soon as this resolves, whether or not there is a hub. What it
 * has opened is closed again if it throws.
 */
export async function startEdge(input: StartInput): Promise<RunningEdge> {
  const { options, ports, logger } = input;
  const paths = pathsOf(options);
  const tls = readTls(options);
  await using opening = new AsyncDisposableStack();
  const lock = await lockFolder(paths.folder, { waitMs: LOCK_WAIT_MS, ports });
  opening.defer(() => lock.release());
  const composition = await composeEdge(input).catch((error: unknown) => {
    throw mapOpenError(error, paths.database);
  });
  opening.defer(() => composition.close());
  const { context, app } = composition;
  const { host, port, insecureLan } = options;
  const listener = await listen(app, { host, port, tls, insecureLan });
  opening.defer(() => listener.close());
  const stop = new AbortController();
  const services = runServices(composition, stop.signal);
  opening.defer(async () => {
    stop.abort();
    await services;
  });
  opening.defer(onHangup(() => void reloadWorkflows(context)));
  const opened = opening.move();
  let closing: Promise<void> | undefined;
  const storeId = context.enrolment()?.store_id ?? options.storeId;
  logger.info({ url: listener.url, store_id: storeId }, 'the edge is ready to sell');
  if (options.hardwareSimulated)
    logger.warn(
      { option: 'hardware.simulated' },
      'the devices are simulated: cards that nobody has issued pay',
    );
  return {
    url: listener.url,
    port: listener.port,
    apiToken: context.apiToken,
    context,
    failed: context.writer.failed,
    close() {
      closing ??= opened.disposeAsync();
      return closing;
    },
  };
}

async function reloadWorkflows({ workflows, logger }: EdgeContext): Promise<void> {
  try {
    await workflows.reload();
  } catch (error) {
    // Nobody waits for it; the definitions that were there are in force.
    logger.error({ err: error }, 'the folder of workflows could not be read anew');
  }
}

function readTls(options: EdgeOptions): { cert: string; key: string } | undefined {
  const { tlsCert, tlsKey } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new AppError('config_invalid', 'tls.cert and tls.key go together; one of them is missing.');
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return { cert: readPem(tlsCert), key: readPem(tlsKey) };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('config_invalid', `The file ${path} cannot be read`, { cause });
  }
}

async function runServices({ context, services }: EdgeComposition, signal: AbortSignal): Promise<void> {
  const { ports, logger, damage } = context;
  const onFailure = (failure: { service: string; error: unknown; retryInMs: number }) => {
    const { error, ...about } = failure;
    damage.note(error);
    logger.error({ err: error, ...about }, 'a service failed and is started again');
  };
  await Promise.all(services.map((service) => supervise(service, { ports, signal, onFailure })));
}
