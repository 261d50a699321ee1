/**
 * Opens an app to the network. Loopback needs nothing; any other address needs TLS or an explicit word, because
 * tokens and PINs travel here.
 */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import { AppError, must, systemTimers } from '@holdfast/base';
import { createAdaptorServer } from '@hono/node-server';

export type ListenOptions = {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** PEM texts. */
  tls?: { cert: string; key: string } | undefined;
  /** Serve an address that is not loopback without TLS. */
  insecureLan?: boolean | undefined;
};

/** An open listener. */
export type Listener = {
  host: string;
  port: number;
  /** Without a slash at the end. */
  url: string;
  /** Takes no more connections, lets running requests end for up to five seconds, then cuts them. */
  close(): Promise<void>;
};

/** What a listener needs of an app; every Hono app fits. */
export type Fetchable = { fetch(request: Request, ...rest: never[]): Response | Promise<Response> };

const KEEP_ALIVE_MS = 65_000;
const CLOSE_GRACE_MS = 5_000;
const IDLE_POLL_MS = 25;

/**
 * Listens with `app`. Throws AppError `port_in_use` when the address is taken or may not be used, and
 * `config_invalid` when the host is not loopback and there is neither TLS nor `insecureLan`.
 */
export async function listen(app: Fetchable, options: ListenOptions): Promise<Listener> {
  const { host, port, tls, insecureLan } = options;
  if (!isLoopback(host) && tls === undefined && insecureLan !== true) {
    throw new AppError(
      'config_invalid',
      `Listening on ${host} without TLS would send tokens in the clear; set tls.cert and tls.key, ` +
        'use 127.0.0.1, or say --insecure-lan.',
    );
  }
  const server = tls === undefined ? openServer(app, undefined) : openTlsServer(app, tls);
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, { host, port }));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
  const address = must(server.address(), 'a listening server has an address') as AddressInfo; // not a pipe: a port was given
  const shownHost = isIPv6(host) ? `[${host}]` : host;
  return {
    host,
    port: address.port,
    url: `${tls === undefined ? 'http' : 'https'}://${shownHost}:${address.port}`,
    close: () => closeServer(server),
  };
}

/** True for the names and addresses that never leave the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Node refuses a certificate it cannot read when the server is made. */
function openTlsServer(app: Fetchable, tls: NonNullable<ListenOptions['tls']>): Server {
  try {
    return openServer(app, tls);
  } catch (error) {
    throw new AppError('config_invalid', 'tls.cert and tls.key are not a PEM certificate and its key.', {
      cause: error,
    });
  }
}

function openServer(app: Fetchable, tls: ListenOptions['tls']): Server {
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A slow sender holds a connection for this long at most: the headers, then the whole request.
    headersTimeout: 20_000,
    requestTimeout: 60_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16_384,
  };
  // The adaptor passes its bindings as the second argument, which `never[]` hides from its type.
  const fetch = app.fetch as (request: Request, env: unknown) => Response | Promise<Response>;
  const server =
    tls === undefined
      ? createAdaptorServer({ fetch, createServer: createHttpServer, serverOptions: limits })
      : createAdaptorServer({
          fetch,
          createServer: createHttpsServer,
          serverOptions: { ...limits, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' },
        });
  return server as Server; // HTTP/1.1 was asked for, in both cases
}

function listenError(error: NodeJS.ErrnoException, at: { host: string; port: number }): Error {
  if (error.code === 'EADDRINUSE') {
    return new AppError(
      'port_in_use',
      `Port ${at.port} on ${at.host} is in use by another process; stop it or choose another port.`,
      { cause: error },
    );
  }
  if (error.code === 'EACCES') {
    return new AppError(
      'port_in_use',
      `Port ${at.port} on ${at.host} may not be used by this user; choose one above 1023.`,
      { cause: error },
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new AppError('config_invalid', `${at.host} is not an address of this machine.`, { cause: error });
  }
  return error;
}

/** Idle connections end at once; running requests have the grace. */
function closeServer(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const ended = new AbortController();
    const grace = systemTimers.after(CLOSE_GRACE_MS, () => server.closeAllConnections());
    server.close(() => {
      grace();
      ended.abort();
      resolve();
    });
    void closeIdle(server, ended.signal);
  });
}

/** A connection whose last request ends after `close` stays open for the next one, unless it is closed as idle. */
async function closeIdle(server: Server, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    server.closeIdleConnections();
    await systemTimers.sleep(IDLE_POLL_MS, ended);
  }
}
