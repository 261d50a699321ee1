/**
 * An edge made of the PowerSync client: sales are rows of a local table, and its upload queue takes them to the hub.
 * The stream of its own service is a stand-in at the hub that stays open and says nothing.
 */
import { systemTimers } from '@holdfast/base';
import { serveParent } from '../child.ts';
import { saleText } from '../sale-request.ts';
import { requirePeer } from './install.ts';
import {
  type Batch,
  type PeerEdgeAnswer,
  type PeerEdgeOrder,
  type PeerEdgeSettings,
  sellAll,
} from './peer-orders.ts';
import { saleId } from './sale-id.ts';

/** The part of `@powersync/node` and `@powersync/common` that is used here. */
type Upload = { crud: { id: string; opData?: { body?: string } }[]; complete(): Promise<void> };
type Database = {
  init(): Promise<void>;
  execute(sql: string, parameters?: unknown[]): Promise<unknown>;
  get<Row>(sql: string): Promise<Row>;
  connect(connector: Connector): Promise<void>;
  disconnect(): Promise<void>;
  close(): Promise<void>;
  getCrudBatch(limit: number): Promise<Upload | null>;
  getNextCrudTransaction(): Promise<Upload | null>;
};
type Connection = Pick<Database, 'execute'>;
type Connector = {
  fetchCredentials(): Promise<{ endpoint: string; token: string }>;
  uploadData(database: Database): Promise<void>;
};
type PowerSync = { PowerSyncDatabase: new (options: object) => Database };
type Common = {
  Schema: new (tables: object) => object;
  Table: new (columns: object) => object;
  column: { text: object };
};

/** How often the queue is looked at, on a connection that only reads. */
const LOOK_MS = 5;

await serveParent<PeerEdgeSettings, null, PeerEdgeOrder, PeerEdgeAnswer>(
  'powersync-edge',
  async (settings) => {
    const database = await openDatabase(settings);
    return {
      ready: null,
      answer: (order) => (order.order === 'sell' ? sell(database, order) : drain(database, order)),
      close: async () => {
        await database.disconnect();
        await database.close();
      },
    };
  },
);

async function openDatabase({ folder, isFull }: PeerEdgeSettings): Promise<Database> {
  // Packages of another folder have no types here; these shapes are what is used of them.
  const { PowerSyncDatabase } = requirePeer('drain', '@powersync/node') as PowerSync;
  const { Schema, Table, column } = requirePeer('drain', '@powersync/common') as Common;
  const database = new PowerSyncDatabase({
    schema: new Schema({ sale: new Table({ body: column.text }) }),
    database: {
      dbFilename: 'edge.db',
      dbLocation: folder,
      // Without it better-sqlite3 runs NORMAL: a commit is on the disk at the next checkpoint only.
      initializeConnection: async (connection: Connection) => {
        if (isFull) await connection.execute('PRAGMA synchronous = FULL');
      },
    },
  });
  await database.init();
  return database;
}

async function sell(database: Database, order: { from: number; to: number }): Promise<number> {
  return await sellAll(order, (index) =>
    database.execute('INSERT INTO sale (id, body) VALUES (?, ?)', [saleId(index), saleText(index)]),
  );
}

async function drain(database: Database, { url, batch }: { url: string; batch: Batch }): Promise<number> {
  const startedMs = performance.now();
  await database.connect({
    fetchCredentials: async () => ({ endpoint: url, token: 'none' }),
    uploadData: (queue) => upload(queue, { url, batch }),
  });
  const isWaiting = async () =>
    (await database.get<{ waiting: number }>('SELECT EXISTS (SELECT 1 FROM ps_crud) AS waiting')).waiting ===
    1;
  while (await isWaiting()) await systemTimers.sleep(LOOK_MS);
  const tookMs = performance.now() - startedMs;
  await database.disconnect();
  return tookMs;
}

/** One batch, as its documentation has it; whatever is thrown here, the client tries again by itself. */
async function upload(queue: Database, { url, batch }: { url: string; batch: Batch }): Promise<void> {
  const work =
    batch === 'transaction' ? await queue.getNextCrudTransaction() : await queue.getCrudBatch(batch);
  if (work === null) return;
  const answer = await fetch(`${url}/upload`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(work.crud.map(({ id, opData }) => ({ id, body: opData?.body }))),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the receiver answered ${answer.status}`);
  await work.complete();
}
