/** The edges of a world with their tills: starts again what was killed, a little later, as somebody does who notices. */
import { Clerk } from './clerk.ts';
import { EdgeNode } from './edge-node.ts';
import type { HubNode } from './hub-node.ts';
import type { Network } from './network.ts';
import type { SaleBook } from './sale-book.ts';
import { Till } from './till.ts';
import type { WorkflowBook } from './workflow-book.ts';
import type { World } from './world.ts';

export class Fleet {
  readonly #world: World;
  readonly #network: Network;
  readonly #hub: HubNode;
  readonly #book: SaleBook;
  readonly #workflows: WorkflowBook;
  readonly #random;
  readonly #toStart = new Set<EdgeNode>();
  readonly #tills: (Till | Clerk)[] = [];
  #isHubToStart = false;
  /** The edges a world began with. */
  readonly first: EdgeNode[] = [];
  /** Those, and the clones of their disks. */
  readonly all: EdgeNode[] = [];

  constructor(
    world: World,
    use: { network: Network; hub: HubNode; book: SaleBook; workflows: WorkflowBook },
  ) {
    this.#world = world;
    this.#network = use.network;
    this.#hub = use.hub;
    this.#book = use.book;
    this.#workflows = use.workflows;
    this.#random = world.randomFor('restarts');
    use.hub.onKilled = () => this.startHubSoon();
  }

  /** Sales that tills, and starts that clerks still wait for. */
  get asking(): number {
    return this.#tills.reduce((sum, till) => sum + till.asking, 0);
  }

  async addNew(name: string): Promise<EdgeNode> {
    const edge = this.#make(name);
    this.first.push(edge);
    await edge.start();
    return edge;
  }

  /** A second machine with a copy of the disk in `files`. */
  async addClone(of: EdgeNode, files: string): Promise<EdgeNode> {
    const edge = this.#make(`${of.name}-clone${this.all.length}`, files);
    edge.clockOffsetMs = of.clockOffsetMs;
    await edge.start();
    return edge;
  }

  /** Opens the tills of every edge. */
  openTills(): void {
    for (const till of this.#tills) till.open();
  }

  restartSoon(edge: EdgeNode): void {
    if (this.#toStart.has(edge)) return;
    this.#toStart.add(edge);
    const delayMs = this.#random.int(300, 12_000);
    this.#world.scheduler.after(delayMs, { kind: 'start', node: edge.name }, async () => {
      this.#toStart.delete(edge);
      edge.bury();
      if (!edge.isUp) await edge.start();
    });
  }

  startHubSoon(): void {
    if (this.#isHubToStart) return;
    this.#isHubToStart = true;
    const delayMs = this.#random.int(300, 20_000);
    this.#world.scheduler.after(delayMs, { kind: 'start', node: 'hub' }, async () => {
      this.#isHubToStart = false;
      if (!this.#hub.isUp) await this.#hub.start();
    });
  }

  #make(name: string, files?: string): EdgeNode {
    const hooks = { network: this.#network, onKilled: (edge: EdgeNode) => this.restartSoon(edge) };
    const edge = new EdgeNode(this.#world, files === undefined ? { name, hooks } : { name, hooks, files });
    this.all.push(edge);
    for (let i = 1; i <= this.#world.plan.tillsAtEach; i += 1) {
      const till = new Till(this.#world, { name: `${name}/${i}`, edge, book: this.#book });
      this.#tills.push(till);
      if (files !== undefined) till.open();
    }
    if (this.#world.plan.workflows > 0) {
      const clerk = new Clerk(this.#world, { edge, book: this.#workflows });
      this.#tills.push(clerk);
      if (files !== undefined) clerk.open();
    }
    return edge;
  }
}
