import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { isLoopback, listen } from './listen.ts';

const app = new Hono().get('/', (context) => context.text('here'));

test('serves, and closes with connections kept alive', async () => {
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  expect(await (await fetch(server.url)).text()).toBe('here');
  await server.close();
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow();
});

test('lets a running request end before it closes', async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const slow = new Hono().get('/', async (context) => {
    reached.resolve();
    await gate.promise;
    return context.text('late');
  });
  const server = await listen(slow, { host: '127.0.0.1', port: 0 });
  const answer = new Promise<string>((resolve, reject) => {
    request(server.url, (response) => response.on('data', (chunk) => resolve(String(chunk))))
      .on('error', reject)
      .end();
  });
  await reached.promise;
  const closed = server.close();
  gate.resolve();
  expect(await answer).toBe('late');
  await closed;
});

test('a port in use is told by its number', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(listen(app, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(`Port ${port} on 127.0.0.1 is in use`),
  });
  other.close();
});

test('an address beyond the machine needs TLS or the explicit word', async () => {
  await expect(listen(app, { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'config_invalid' });
  const tls = { cert: 'none', key: 'none' };
  await expect(listen(app, { host: '0.0.0.0', port: 0, tls })).rejects.toMatchObject({
    code: 'config_invalid',
    message: 'tls.cert and tls.key are not a PEM certificate and its key.',
  });
  const server = await listen(app, { host: '0.0.0.0', port: 0, insecureLan: true });
  await server.close();
  expect(['127.0.0.1', '127.8.0.1', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '192.168.1.2', '127.evil.example'].some(isLoopback)).toBe(false);
});
