import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { must } from '@holdfast/base';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchTransport, LinkError } from './transport.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers every connection with `bytes`, and ends it. */
async function serve(bytes: string): Promise<string> {
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.once('data', () => client.end(bytes));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = must(server.address(), 'it listens') as AddressInfo; // Not a pipe.
  return `http://127.0.0.1:${port}`;
}

const get = (url: string) => fetchTransport({ method: 'GET', url, headers: {}, timeoutMs: 5_000 });

describe('the link', () => {
  it('does not follow a redirect, and hands it on as the answer it is', async () => {
    const elsewhere = await serve('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    const url = await serve(`HTTP/1.1 302 Found\r\nlocation: ${elsewhere}\r\ncontent-length: 0\r\n\r\n`);
    expect(await get(url)).toMatchObject({ status: 302 });
  });

  it('tells what does not speak HTTP from what is not there', async () => {
    const url = await serve('SSH-2.0-OpenSSH_9.2p1\r\n');
    await expect(get(url)).rejects.toSatisfy(
      (error) => error instanceof LinkError && error.reason === 'hub_error',
    );
  });

  it.each([
    ['in its head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a"'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{"a"'],
    ['before its last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
  ])('takes no answer that breaks off %s', async (_, bytes) => {
    await expect(get(await serve(bytes))).rejects.toSatisfy(
      (error) => error instanceof LinkError && error.reason === 'unreachable',
    );
  });
});
