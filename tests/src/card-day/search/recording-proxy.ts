/** Stands between edges and a hub on real sockets and keeps every byte that passes, both ways. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { must } from '@holdfast/base';

/** What one side of one connection sent. */
export type Recording = { connection: number; from: 'edge' | 'hub'; bytes: Buffer };

export type RecordingProxy = {
  readonly url: string;
  /** Host and port, as a signature covers it. */
  readonly authority: string;
  /** As of now. */
  recordings(): Recording[];
  /** Where connections go from now on. */
  setTarget(port: number): void;
  /** Ends every connection, then the listener. */
  close(): Promise<void>;
};

type State = { port: number; sockets: Set<Socket>; taken: { from: 'edge' | 'hub'; chunks: Buffer[] }[] };

/** A proxy on a free port of this machine. */
export async function startRecordingProxy(): Promise<RecordingProxy> {
  const state: State = { port: 0, sockets: new Set(), taken: [] };
  const server = createServer((edge) => join(state, edge));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = must(server.address(), 'a listening server has an address') as AddressInfo; // Not a pipe.
  return {
    url: `http://127.0.0.1:${port}`,
    authority: `127.0.0.1:${port}`,
    recordings: () =>
      state.taken.map(({ from, chunks }, index) => ({
        ...{ connection: Math.floor(index / 2) + 1, from },
        bytes: Buffer.concat(chunks),
      })),
    setTarget: (target) => {
      state.port = target;
    },
    async close() {
      for (const socket of state.sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function join(state: State, edge: Socket): void {
  const hub = connect({ port: state.port, host: '127.0.0.1', noDelay: true });
  const [fromEdge, fromHub] = [
    { from: 'edge' as const, chunks: [] as Buffer[] },
    { from: 'hub' as const, chunks: [] as Buffer[] },
  ];
  state.taken.push(fromEdge, fromHub);
  pass(state, { source: edge, to: hub, chunks: fromEdge.chunks });
  pass(state, { source: hub, to: edge, chunks: fromHub.chunks });
}

function pass(state: State, { source, to, chunks }: { source: Socket; to: Socket; chunks: Buffer[] }): void {
  state.sockets.add(source);
  source.setNoDelay(true);
  source.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    to.write(chunk);
  });
  source.on('end', () => to.end());
  // What breaks on one side breaks on the other, as on any line.
  source.on('error', () => to.destroy());
  source.on('close', () => {
    state.sockets.delete(source);
    to.destroySoon();
  });
}
