/** A peer as a contender: its edge process and its hub process. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from '../child.ts';
import { type Contender, killTree, type Place } from './contender.ts';
import type { PeerHubReady } from './peer-hub.ts';
import type { Batch, How, PeerEdgeAnswer, PeerEdgeOrder, PeerEdgeSettings } from './peer-orders.ts';

type Hub = Child<PeerHubReady, object, string[]>;
type Edge = Child<null, PeerEdgeOrder, PeerEdgeAnswer>;

/** The modules of the two processes, how much a request carries, and whether each commit is forced to the disk. */
export type Peer = { edge: URL; hub: URL; batch: Batch; isFull: boolean };

export async function startPeer(peer: Peer, place: Place): Promise<Contender> {
  const hub = await startHub(peer, place);
  return new PeerContender({ peer, place, hub, edge: await startEdge(peer, place) });
}

class PeerContender implements Contender {
  readonly #peer: Peer;
  readonly #place: Place;
  #hub: Hub;
  #edge: Edge;
  #sold = 0;

  constructor(parts: { peer: Peer; place: Place; hub: Hub; edge: Edge }) {
    this.#peer = parts.peer;
    this.#place = parts.place;
    this.#hub = parts.hub;
    this.#edge = parts.edge;
  }

  get store(): string {
    return this.#hub.ready.store;
  }

  get edgePid(): number {
    return this.#edge.pid;
  }

  get hubPid(): number {
    return this.#hub.pid;
  }

  async sell(to: number): Promise<number> {
    const from = this.#sold;
    this.#sold = to;
    return await this.#edge.ask({ order: 'sell', from, to });
  }

  async drain(how: How): Promise<number> {
    const url = this.#place.proxy?.url ?? `http://127.0.0.1:${this.#hub.ready.port}`;
    return await this.#edge.ask({ order: 'drain', url, batch: this.#peer.batch, how });
  }

  async restartHub(): Promise<void> {
    await killTree(this.#hub);
    this.#hub = await startHub(this.#peer, this.#place);
  }

  async restartEdge(): Promise<void> {
    await killTree(this.#edge);
    this.#edge = await startEdge(this.#peer, this.#place);
  }

  async storedIds(): Promise<string[]> {
    return await this.#hub.ask({});
  }

  async close(): Promise<void> {
    await this.#edge.close();
    await this.#hub.close();
  }
}

async function startHub({ hub }: Peer, { folder, proxy }: Place): Promise<Hub> {
  const started: Hub = await startChild(hub, { folder: await folderIn(folder, 'hub') });
  proxy?.setUpstream(started.ready.port);
  return started;
}

async function startEdge({ edge, isFull }: Peer, { folder }: Place): Promise<Edge> {
  const settings: PeerEdgeSettings = { folder: await folderIn(folder, 'edge'), isFull };
  return await startChild(edge, settings);
}

/** Root's PostgreSQL runs as another user, who passes through here. */
async function folderIn(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true, mode: 0o711 });
  return path;
}
