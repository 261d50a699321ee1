/**
 * What the workflows of a world call: a server that does a thing once for each key, and remembers under which key and
 * with which words it was asked for. It never dies; the network between it and the edges is the world's.
 */
import type { TransportRequest } from '@holdfast/client';
import type { Server, WireAnswer } from './network.ts';
import type { World } from './world.ts';

/** What it is asked to do. */
export type Asked = { reference: string; operation: string; version: string };

type Done = { asked: Asked; text: string; requests: WeakSet<TransportRequest> };

const DONE: WireAnswer = {
  status: 200,
  headers: new Map([['content-type', 'application/json']]),
  body: Buffer.from('{"done":true}'),
};
/** Part of the requests that it does not take, at most. */
const AWAY = 0.15;

export class Outside implements Server {
  readonly #world: World;
  readonly #random;
  readonly #done = new Map<string, Done>();
  /** What no server should be asked. */
  readonly problems: string[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#random = world.randomFor('outside');
  }

  /** By key, what was done. */
  get done(): ReadonlyMap<string, { asked: Asked }> {
    return this.#done;
  }

  async handle(request: TransportRequest): Promise<WireAnswer | 'refused' | 'silent'> {
    const { observer, plan } = this.#world;
    const key = request.headers?.['idempotency-key'] ?? '';
    const text = Buffer.from(request.body ?? '').toString();
    const known = this.#done.get(key);
    if (known !== undefined) {
      if (known.text !== text) this.problems.push(`the key ${key} means ${known.text} and ${text}`);
      // The network may double a request; only a new one is asked for by the edge.
      if (!known.requests.has(request)) observer.saw('workflow: call in doubt repeated with its key');
      known.requests.add(request);
      return DONE;
    }
    // Without an answer: the network may make any answer one that says yes.
    if (this.#world.isFaulty() && this.#random.chance(AWAY * plan.rates.lose))
      return this.#random.chance(0.5) ? 'refused' : 'silent';
    if (key === '') this.problems.push(`there is no key with ${text}`);
    const asked: Asked = JSON.parse(text);
    this.#done.set(key, { asked, text, requests: new WeakSet([request]) });
    return DONE;
  }

  /** As if it had never been asked. For the test that such a thing is seen. */
  forget(key: string): void {
    this.#done.delete(key);
  }
}
