/** A hub, edges that reach it through a fault proxy each, and what a test asks of both sides. */

import { must, type Ports, systemPorts, uuidV7 } from '@holdfast/base';
import { LANES } from '@holdfast/protocol';
import { type Constellation, ledgerOf, startConstellation, type TestEdge } from '../system/constellation.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { hurriedPorts, hurriedTransport } from './hurried.ts';

export type ProxiedEdge = {
  edge: TestEdge;
  proxy: FaultProxy;
  /** Every sale that was acknowledged, by operation. */
  sold: string[];
  /** Sells `count` articles, one after the other; each must be acknowledged. */
  sell(count: number): Promise<void>;
  /** How long the edge waits for an answer at most, in milliseconds; a sixth of its own time-outs if that is less. */
  setPatience(ms: number): void;
};

export type ProxiedWorld = {
  world: Constellation;
  /** An edge behind a proxy of its own; the world has as many proxies as it was started with. */
  addEdge(settings?: {
    enrol?: boolean;
    ports?: Ports;
    flags?: Record<string, string>;
  }): Promise<ProxiedEdge>;
  /** A proxy alone, in the place of an edge's. */
  addProxy(): FaultProxy;
  close(): Promise<void>;
};

/** Where batches of sales go. */
export const BATCH = LANES.transactions.path;

const PATIENCE_MS = 1_500;

/** A world in which `edges` edges can be added. */
export async function startProxiedWorld({ edges }: { edges: number }): Promise<ProxiedWorld> {
  const proxies = await Promise.all(Array.from({ length: edges }, startFaultProxy));
  const authorities = proxies.map(({ authority }) => authority).join(',');
  const world = await startConstellation({ '--public-authorities': authorities });
  for (const proxy of proxies) proxy.setTarget(world.hub.port);
  let taken = 0;
  const addProxy = () => {
    taken += 1;
    return must(proxies[taken - 1], 'the world was started with as many proxies as edges');
  };
  return {
    world,
    addProxy,
    async addEdge({ enrol = true, ports = hurriedPorts, flags = {} } = {}) {
      const proxy = addProxy();
      let patienceMs = PATIENCE_MS;
      const edge = await world.addEdge({
        enrol,
        flags: { '--hub-url': proxy.url, ...flags },
        ports,
        transport: hurriedTransport(() => patienceMs),
      });
      return {
        edge,
        proxy,
        ...createTill(edge),
        setPatience: (ms) => {
          patienceMs = ms;
        },
      };
    },
    async close() {
      await world.close();
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

function createTill(edge: TestEdge): Pick<ProxiedEdge, 'sold' | 'sell'> {
  const sold: string[] = [];
  const sale = {
    cashier_id: 'astrid',
    items: [{ sku: 'tea', name: 'Tea', quantity: 1, unit_price: '30.00' }],
  };
  return {
    sold,
    async sell(count) {
      for (let i = 0; i < count; i += 1) {
        const key = uuidV7(systemPorts);
        const receipt = await edge.client.sell({ ...sale, customer_reference: key }, key);
        sold.push(receipt.edge_transaction_id);
      }
    },
  };
}

/** What an edge believes of its link and its stream. */
export type Belief = {
  incarnation: string;
  device_id: string | null;
  acked_seq: number;
  pending: number;
  attention: string | null;
  generation: string | null;
  cursor: string | null;
  last_contact_at: string | null;
  /** Transactions in its list. */
  listed: number;
  /** How far own entries were pulled back. */
  pulled: number;
  /** What an article costs. */
  price: string | null;
};

export async function beliefOf(edge: TestEdge): Promise<Belief> {
  const { incarnation, device_id, attention, generation, link, lanes } = await edge.client.status();
  const [lane] = lanes;
  const { db } = edge.running.context;
  const read = (sql: string) => db.prepare(sql).pluck().get();
  const cursor = read("SELECT value FROM meta WHERE key = 'feed_cursor'");
  const price = read("SELECT json_extract(value, '$.price') FROM catalogue_item WHERE sku = 'COF-ESPRESSO'");
  return {
    incarnation,
    device_id,
    attention,
    generation,
    acked_seq: lane?.acked_seq ?? 0,
    pending: lane?.pending ?? 0,
    cursor: cursor === undefined ? null : String(cursor),
    last_contact_at: link.last_contact_at,
    listed: Number(read('SELECT count(*) FROM edge_transactions')),
    pulled: Number(read("SELECT total(tip_seq) FROM stream WHERE closed_why = 'repull'")),
    price: price === undefined ? null : String(price),
  };
}

/** Sales that the ledger lacks, sales that it holds more than once, and those that nobody made. */
export type LedgerVerdict = { lost: string[]; doubled: string[]; unknown: string[] };

/** Compares the ledger with what was sold, by the customer's reference, which each sale has of its own. */
export async function judgeLedger(world: Constellation, sold: readonly string[]): Promise<LedgerVerdict> {
  const counts = new Map<string, number>();
  for (const { customer_reference } of await ledgerOf(world.operator))
    counts.set(customer_reference ?? '', (counts.get(customer_reference ?? '') ?? 0) + 1);
  const known = new Set(sold);
  return {
    lost: sold.filter((id) => !counts.has(id)),
    doubled: sold.filter((id) => (counts.get(id) ?? 0) > 1),
    unknown: [...counts.keys()].filter((id) => !known.has(id)),
  };
}
