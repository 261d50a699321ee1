/**
 * The hub of the PowerSync queue: the least that a ledger needs. Each upload is one statement and one commit in the
 * same PostgreSQL that a hub runs, with the same settings, and is answered after the commit. It checks nothing.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemPorts } from '@holdfast/base';
import { startEmbeddedPostgres } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import pg from 'pg';
import { serveParent } from '../child.ts';
import type { PeerHubReady } from './peer-hub.ts';

/** The sales of a request, as this receiver's own client sends them. */
type Uploaded = { id: string; body: string }[];

await serveParent<{ folder: string }, PeerHubReady, object, string[]>('receiver', async ({ folder }) => {
  const logger = createLogger({ level: 'error', service: 'receiver' });
  const postgres = await startEmbeddedPostgres({ folder, ports: systemPorts, logger });
  const pool = new pg.Pool({ connectionString: postgres.url });
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle connection ended')); // With PostgreSQL.
  await pool.query('CREATE TABLE IF NOT EXISTS peer_sale (id uuid PRIMARY KEY, body text NOT NULL)');
  const server = createServer((incoming, outgoing) => {
    respond(pool, incoming, outgoing).catch((error: unknown) => {
      logger.error({ err: error }, 'an upload failed');
      outgoing.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A server that listens on a port has one.
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
  return {
    ready: { port, store: `PostgreSQL ${rows[0]?.server_version}` },
    answer: async () =>
      (await pool.query<{ id: string }>('SELECT id::text FROM peer_sale')).rows.map(({ id }) => id),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await pool.end();
      await postgres.stop();
    },
  };
});

async function respond(pool: pg.Pool, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.url === '/upload') {
    const sales: Uploaded = JSON.parse(await readBody(incoming));
    await store(pool, sales);
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  } else if (incoming.url?.startsWith('/sync/stream')) {
    // What the client wants of its own service: a stream that is open. It keeps uploading only while it has one.
    outgoing.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{"token_expires_in":3600}\n');
  } else {
    // A write checkpoint, asked for when the queue is empty.
    const data = { write_checkpoint: '1', checkpoint_request_id: '1' };
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
  }
}

async function store(pool: pg.Pool, sales: Uploaded): Promise<void> {
  await pool.query({
    name: 'upload',
    text: `INSERT INTO peer_sale SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT (id) DO NOTHING`,
    values: [sales.map(({ id }) => id), sales.map(({ body }) => body)],
  });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
