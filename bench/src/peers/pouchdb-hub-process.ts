/**
 * The hub of PouchDB: express-pouchdb, which is what pouchdb-server runs, over PouchDB on LevelDB, with no more parts
 * switched on than replication needs.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serveParent } from '../child.ts';
import { requirePeer } from './install.ts';
import type { PeerHubReady } from './peer-hub.ts';
import { type Pouch, pouchIn } from './pouchdb.ts';

/** The part of express and express-pouchdb that is used here. */
type Express = () => { use(handler: object): void; listen(port: number, host: string): Server };
type ExpressPouch = (pouch: Pouch, options: { mode: string; logPath: string; configPath: string }) => object;

await serveParent<{ folder: string }, PeerHubReady, object, string[]>('pouchdb-hub', async ({ folder }) => {
  const pouch = pouchIn(folder);
  // Packages of another folder have no types here; these shapes are what is used of them.
  const app = (requirePeer('drain', 'express') as Express)();
  const handler = (requirePeer('drain', 'express-pouchdb') as ExpressPouch)(pouch, {
    mode: 'minimumForPouchDB',
    logPath: join(folder, 'log.txt'),
    configPath: join(folder, 'config.json'),
  });
  app.use(handler);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A server that listens on a port has one.
  return {
    ready: { port, store: 'LevelDB' },
    answer: () => storedIds(pouch),
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
});

/** The id of each document, and once more for each of its revisions that are in conflict. */
async function storedIds(pouch: Pouch): Promise<string[]> {
  const { rows } = await new pouch('sales').allDocs({ include_docs: true, conflicts: true });
  return rows.flatMap(({ id, doc }) => [id, ...(doc._conflicts ?? []).map(() => id)]);
}
