/**
 * An HTTP proxy between edge and hub, the same for every system: it counts bytes, loses the answers it is told to
 * lose after the hub has given them, and says when a request with data has gone through.
 */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type ProxyOptions = {
  /** True for the path of a request that carries data; only those count, and only their answers are lost. */
  isData: (path: string) => boolean;
  /** Loses the answer to every request with data whose number, from 1, it says yes to. */
  losesAnswer?: (number: number) => boolean;
  /** A request with data has reached the hub whole; no answer has come yet. */
  onData?: (number: number) => void;
};

export type LineProxy = {
  readonly url: string;
  /** Host and port, as a Host header says them. */
  readonly authority: string;
  /** Requests with data so far, and answers lost. */
  readonly counts: { requests: number; lost: number };
  /** Bytes of HTTP between edge and proxy so far, both ways. */
  bytes(): { up: number; down: number };
  /** Where the hub is; until the first call, and while it is away, connections are cut. */
  setUpstream(port: number): void;
  close(): Promise<void>;
};

export async function openProxy(options: ProxyOptions): Promise<LineProxy> {
  const agent = new Agent({ keepAlive: true });
  const counts = { requests: 0, lost: 0 };
  const sockets = new Set<Socket>();
  let port = 0;
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    const number = options.isData(new URL(path, 'http://proxy').pathname) ? ++counts.requests : undefined;
    forward({ incoming, outgoing, agent, port, number, options, counts });
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo; // A server that listens on a port has one.
  return {
    url: `http://127.0.0.1:${address.port}`,
    authority: `127.0.0.1:${address.port}`,
    counts,
    bytes: () => ({ up: sum(sockets, 'bytesRead'), down: sum(sockets, 'bytesWritten') }),
    setUpstream(next) {
      port = next;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(it: {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  agent: Agent;
  port: number;
  number: number | undefined;
  options: ProxyOptions;
  counts: LineProxy['counts'];
}): void {
  const { incoming, outgoing, agent, port, number, options, counts } = it;
  const { method, url, headers } = incoming;
  // What the proxy does when a line breaks is what a broken line does: the other one is cut.
  const cut = () => outgoing.destroy();
  const upstream = request({ host: '127.0.0.1', port, agent, method, path: url, headers });
  upstream.on('error', cut);
  upstream.on('finish', () => number !== undefined && options.onData?.(number));
  upstream.on('response', (answer) => {
    answer.on('error', cut);
    if (number !== undefined && options.losesAnswer?.(number) === true) {
      counts.lost += 1;
      answer.on('end', cut).resume();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    outgoing.flushHeaders();
    answer.pipe(outgoing);
  });
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

function sum(sockets: ReadonlySet<Socket>, which: 'bytesRead' | 'bytesWritten'): number {
  return [...sockets].reduce((total, socket) => total + socket[which], 0);
}
