/**
 * TCP connections as lines of bytes. Small pieces go out at once, since a question waits for its answer; what the other
 * side does not take makes `write` wait.
 */
import { createConnection, type Socket } from 'node:net';
import {
  type ByteLink,
  createByteInbox,
  type LinkEnd,
  type OpenedLink,
  type OpenLink,
} from '../byte-link.ts';

/** Opens a connection each time; gives up when `signal` aborts. */
export function tcpLinks({ host, port }: { host: string; port: number }): OpenLink {
  return (signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(failed({ host, port }, undefined));
      const socket = createConnection({ host, port, noDelay: true, allowHalfOpen: true });
      const onAbort = () => fail(undefined);
      const settle = (opened: OpenedLink) => {
        signal.removeEventListener('abort', onAbort);
        socket.off('error', fail);
        resolve(opened);
      };
      const fail = (error: Error | undefined) => {
        settle(failed({ host, port }, error));
        socket.on('error', () => undefined);
        socket.destroy();
      };
      socket.once('error', fail);
      socket.once('connect', () => settle({ kind: 'open', link: linkOf(socket) }));
      signal.addEventListener('abort', onAbort, { once: true });
    });
}

function linkOf(socket: Socket): ByteLink {
  const lost = new AbortController();
  const inbox = createByteInbox();
  let end: LinkEnd = 'broken';
  let isFinished = false;
  socket.on('data', (bytes) => inbox.put(bytes));
  // An error is always followed by `close`, where the end is told.
  socket.on('error', () => {
    end = 'broken';
  });
  socket.on('finish', () => {
    isFinished = true;
  });
  socket.on('end', () => {
    // Both sides have ended: all that was written has arrived. A printer that hangs up first may not have read it.
    if (isFinished) end = 'ended';
    else socket.destroy();
  });
  socket.on('close', () => lost.abort(end));
  return {
    lost: lost.signal,
    onBytes: (take) => inbox.onBytes(take),
    write(bytes) {
      if (lost.signal.aborted || socket.writableEnded || socket.destroyed) return Promise.resolve('lost');
      // A socket that is destroyed calls back for all that it still holds, with an error.
      return new Promise((resolve) => {
        socket.write(bytes, (error) => resolve(error === null || error === undefined ? 'sent' : 'lost'));
      });
    },
    close(how) {
      if (how === 'afterAll') {
        socket.end();
        return;
      }
      if (socket.destroyed) return;
      end = 'closed';
      socket.destroy();
    },
  };
}

function failed({ host, port }: { host: string; port: number }, error: Error | undefined): OpenedLink {
  const code = error !== undefined && 'code' in error ? String(error.code) : undefined;
  const why = code === undefined ? 'does not answer' : `cannot be reached (${code})`;
  return {
    kind: 'failed',
    message: `${host}:${port} ${why}: check that it is switched on and on the network.`,
  };
}
