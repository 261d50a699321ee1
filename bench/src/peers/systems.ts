/** The systems that are compared, each in the settings it is run with. */
import type { Place, System } from './contender.ts';
import { startOurs } from './our-contender.ts';
import { startPeer } from './peer-contender.ts';
import type { Batch } from './peer-orders.ts';

/** Batch sizes of the peers: the default of both, and a tenth of the queue. */
const BATCH_DEFAULT = 100;
const BATCH_LARGE = 1_000;

const OURS: System = {
  group: 'ledger',
  name: 'Holdfast',
  setting: 'batches as it sizes them',
  takesFaults: true,
  isData: (path) => path === '/api/v1/transactions/batch',
  start: startOurs,
};

export const SYSTEMS: readonly System[] = [
  OURS,
  powersync({ batch: BATCH_DEFAULT, setting: 'getCrudBatch(100), its default' }),
  powersync({ batch: BATCH_LARGE, setting: 'getCrudBatch(1000)', takesFaults: true }),
  powersync({ batch: BATCH_LARGE, setting: 'getCrudBatch(1000), synchronous FULL', isFull: true }),
  powersync({ batch: 'transaction', setting: 'getNextCrudTransaction' }),
  pouchdb({ batch: BATCH_DEFAULT, setting: 'batch_size 100, its default' }),
  pouchdb({ batch: BATCH_LARGE, setting: 'batch_size 1000', takesFaults: true }),
];

type Setting = { batch: Batch; setting: string; takesFaults?: boolean; isFull?: boolean };

function powersync({ batch, setting, takesFaults = false, isFull = false }: Setting): System {
  const edge = new URL('./powersync-edge-process.ts', import.meta.url);
  const hub = new URL('./receiver-process.ts', import.meta.url);
  return {
    group: 'ledger',
    name: 'PowerSync upload queue',
    setting,
    takesFaults,
    isData: (path) => path === '/upload',
    start: (place: Place) => startPeer({ edge, hub, batch, isFull }, place),
  };
}

function pouchdb({ batch, setting, takesFaults = false }: Setting): System {
  const edge = new URL('./pouchdb-edge-process.ts', import.meta.url);
  const hub = new URL('./pouchdb-hub-process.ts', import.meta.url);
  return {
    group: 'documents',
    name: 'PouchDB',
    setting,
    takesFaults,
    isData: (path) => path.endsWith('/_bulk_docs'),
    start: (place: Place) => startPeer({ edge, hub, batch, isFull: false }, place),
  };
}
