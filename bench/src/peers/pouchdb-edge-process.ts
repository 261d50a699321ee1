/** An edge made of PouchDB on LevelDB: a sale is a document, and replication takes them to the hub. */
import { serveParent } from '../child.ts';
import { saleText } from '../sale-request.ts';
import {
  type Batch,
  type How,
  type PeerEdgeAnswer,
  type PeerEdgeOrder,
  type PeerEdgeSettings,
  sellAll,
} from './peer-orders.ts';
import { type PouchDatabase, pouchIn, type ReplicationOptions } from './pouchdb.ts';
import { saleId } from './sale-id.ts';

await serveParent<PeerEdgeSettings, null, PeerEdgeOrder, PeerEdgeAnswer>('pouchdb-edge', async (settings) => {
  const Pouch = pouchIn(settings.folder);
  const database = new Pouch('sales');
  return {
    ready: null,
    answer: (order) => (order.order === 'sell' ? sell(database, order) : drain(database, order)),
    close: () => database.close(),
  };
});

async function sell(database: PouchDatabase, order: { from: number; to: number }): Promise<number> {
  return await sellAll(order, (index) =>
    database.put({ _id: saleId(index), ...JSON.parse(saleText(index)) }),
  );
}

async function drain(
  database: PouchDatabase,
  { url, batch, how }: { url: string; batch: Batch; how: How },
): Promise<number> {
  const startedMs = performance.now();
  const target = `${url}/sales`;
  const options: ReplicationOptions = batch === 'transaction' ? { batch_size: 1 } : { batch_size: batch };
  if (how === 'retry') await replicateUntilEven(database, target, options);
  else {
    const result = await database.replicate.to(target, options);
    if (!result.ok || result.doc_write_failures > 0) throw new Error('the replication ended with failures');
  }
  return performance.now() - startedMs;
}

/** Its own retry works in a live replication alone: `paused` without an error says that both sides are even. */
async function replicateUntilEven(database: PouchDatabase, target: string, options: ReplicationOptions) {
  const even = Promise.withResolvers<void>();
  const replication = database.replicate.to(target, { ...options, live: true, retry: true });
  replication.on('paused', (error) => error === undefined && even.resolve());
  replication.on('error', even.reject);
  await even.promise;
  replication.cancel();
  await replication;
}
