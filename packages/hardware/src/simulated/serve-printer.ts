/** A simulated printer on a TCP port, as a printer on the network: for demonstrations, and for tests of real sockets. */
import { createServer, type Socket } from 'node:net';
import { AppError } from '@holdfast/base';
import type { PrinterBody } from './printer/printer-body.ts';
import { bytesThrough, type PrinterCable, type SimulatedPrinter } from './printer.ts';

export type ServedPrinter = {
  readonly port: number;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
};

/** Listens on `port`, or on a free one for 0. Throws `port_in_use` if it cannot. */
export async function serveSimulatedPrinter(
  printer: Pick<SimulatedPrinter, 'body' | 'cable'>,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<ServedPrinter> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A broken connection ends the reading below, which is all that matters here.
    socket.on('error', () => undefined);
    void serve(socket, printer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AppError('port_in_use', `Port ${port} of ${host} cannot be used.`, { cause })),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(
  socket: Socket,
  { body, cable }: { body: PrinterBody; cable: PrinterCable },
): Promise<void> {
  const host = {
    hear: (bytes: Uint8Array) => {
      if (cable.state === 'plugged' && !socket.destroyed) socket.write(bytes);
    },
  };
  if (isCut(cable) || !body.connect(host)) {
    socket.resetAndDestroy();
    return;
  }
  try {
    for await (const chunk of socket) {
      if (cable.state === 'hanging') continue;
      const through = bytesThrough(cable, chunk);
      await body.take(through.bytes);
      if (through.breaks || isCut(cable) || !body.isPowered) {
        socket.resetAndDestroy();
        return;
      }
    }
    socket.end();
  } catch (error) {
    // Whoever prints has torn the connection, which is no fault here: what came before is printed.
    if (!isTorn(error)) throw error;
  } finally {
    body.disconnect(host);
  }
}

/** Asked anew each time, since somebody may cut it while bytes are under way. */
function isCut(cable: PrinterCable): boolean {
  return cable.state === 'cut';
}

function isTorn(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
