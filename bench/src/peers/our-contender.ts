/** Holdfast as a contender: an edge process, a hub process with its PostgreSQL, and the load that posts the sales. */
import { join } from 'node:path';
import { systemTimers } from '@holdfast/base';
import pg from 'pg';
import { startChild } from '../child.ts';
import { enrol, type Hub } from '../drain.ts';
import { edgeClient, type Load, type Server, startEdgeProcess, startLoad } from '../sale.ts';
import { type Contender, killTree, type Place } from './contender.ts';
import { CLIENTS, type How } from './peer-orders.ts';

/** How often the edge is asked what waits. */
const LOOK_MS = 10;

export async function startOurs(place: Place): Promise<Contender> {
  const hub = await startHub(place);
  const edge = await startEdgeProcess(join(place.folder, 'edge'));
  const load = await startLoad();
  await enrol(hub, edge, place.proxy?.url);
  const store = `PostgreSQL ${await readVersion(hub)}`;
  return new OurContender({ place, hub, edge, load, store });
}

class OurContender implements Contender {
  readonly store: string;
  readonly #place: Place;
  readonly #load: Load;
  #hub: Hub;
  #edge: Server;
  #sold = 0;

  constructor(parts: { place: Place; hub: Hub; edge: Server; load: Load; store: string }) {
    this.store = parts.store;
    this.#place = parts.place;
    this.#load = parts.load;
    this.#hub = parts.hub;
    this.#edge = parts.edge;
  }

  get edgePid(): number {
    return this.#edge.pid;
  }

  get hubPid(): number {
    return this.#hub.pid;
  }

  async sell(to: number): Promise<number> {
    const order = { target: this.#edge.ready, clients: CLIENTS, durationMs: 0 };
    const count = to - this.#sold;
    await edgeClient(this.#edge).setLink('offline');
    const { elapsedMs } = await this.#load.ask({ ...order, count, firstSale: this.#sold });
    this.#sold = to;
    return elapsedMs;
  }

  async drain(how: How): Promise<number> {
    const client = edgeClient(this.#edge);
    const startedMs = performance.now();
    await client.setLink('auto');
    if (how === 'once') while ((await client.push()).pending > 0);
    else
      while ((await client.status()).lanes.some(({ pending }) => pending > 0))
        await systemTimers.sleep(LOOK_MS);
    return performance.now() - startedMs;
  }

  async restartHub(): Promise<void> {
    await killTree(this.#hub);
    this.#hub = await startHub(this.#place);
  }

  async restartEdge(): Promise<void> {
    await killTree(this.#edge);
    this.#edge = await startEdgeProcess(join(this.#place.folder, 'edge'));
  }

  async storedIds(): Promise<string[]> {
    const { rows } = await query<{ op_id: string }>(this.#hub, 'SELECT op_id::text FROM booking');
    return rows.map(({ op_id }) => op_id);
  }

  async close(): Promise<void> {
    await this.#load.close();
    await this.#edge.close();
    await this.#hub.close();
  }
}

async function startHub({ folder, proxy }: Place): Promise<Hub> {
  const settings = { folder: join(folder, 'hub'), authority: proxy?.authority };
  const hub: Hub = await startChild(new URL('../hub-process.ts', import.meta.url), settings);
  proxy?.setUpstream(Number(new URL(hub.ready.url).port));
  return hub;
}

async function readVersion(hub: Hub): Promise<string> {
  const { rows } = await query<{ server_version: string }>(hub, 'SHOW server_version');
  return rows[0]?.server_version ?? 'unknown';
}

async function query<Row extends pg.QueryResultRow>(hub: Hub, text: string): Promise<pg.QueryResult<Row>> {
  const client = new pg.Client({ connectionString: hub.ready.databaseUrl });
  await client.connect();
  try {
    return await client.query<Row>(text);
  } finally {
    await client.end();
  }
}
