import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LineProxy, openProxy } from './proxy.ts';

const seen: string[] = [];
const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  seen.push(`${incoming.method} ${incoming.url} ${Buffer.concat(chunks)}`);
  outgoing.end(`answer ${seen.length}`);
});
let proxy: LineProxy;
const reached: number[] = [];

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await openProxy({
    isData: (path) => path === '/data',
    losesAnswer: (number) => number === 2,
    onData: (number) => reached.push(number),
  });
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

const post = async (path: string, body: string) =>
  await (await fetch(`${proxy.url}${path}`, { method: 'POST', body })).text();

describe('a proxy', () => {
  it('loses an answer only after the hub has given it, and counts data alone', async () => {
    await expect(post('/data', 'early'), 'there is no hub yet').rejects.toThrow();
    proxy.counts.requests = 0;
    proxy.setUpstream((server.address() as AddressInfo).port); // It listens on a port.
    expect(await post('/data?x=1', 'one')).toBe('answer 1');
    await expect(post('/data', 'two')).rejects.toThrow();
    expect(await post('/other', 'three')).toBe('answer 3');
    expect(await post('/data', 'two')).toBe('answer 4');
    expect(seen).toEqual(['POST /data?x=1 one', 'POST /data two', 'POST /other three', 'POST /data two']);
    expect(proxy.counts).toEqual({ requests: 3, lost: 1 });
    expect(reached).toEqual([1, 2, 3]);
    expect(proxy.bytes().up).toBeGreaterThan(400);
    expect(proxy.bytes().down).toBeGreaterThan(100);
  });
});
