/**
 * A clerk: starts workflows under business keys, waits for the answer as long as a person would, and asks again under
 * the same key when there is none. Sometimes it asks again for what it was told already.
 */
import { assert, must } from '@holdfast/base';
import type { EdgeNode } from './edge-node.ts';
import type { KnownStart, WorkflowBook } from './workflow-book.ts';
import type { World } from './world.ts';

const PATIENCE_MS = 6_000;
const AGAIN_MS = 3_000;
/** Part of the starts that are withdrawals, and of those that fail at their last step. */
const WITHDRAWALS = 0.35;
const SPOILT = 0.6;
/** Answers that say: not now. `not_found` is a definition that is not loaded yet, or was put back to before it was. */
const NOT_NOW = new Set([404, 429, 503, 507]);

export class Clerk {
  readonly #world: World;
  readonly #edge: EdgeNode;
  readonly #book: WorkflowBook;
  readonly #random;
  readonly #everyMs: number;
  #starts = 0;
  #asking = 0;

  constructor(world: World, at: { edge: EdgeNode; book: WorkflowBook }) {
    this.#world = world;
    this.#edge = at.edge;
    this.#book = at.book;
    this.#random = world.randomFor(`clerk of ${at.edge.name}`);
    const { activeMs, edges, workflows } = world.plan;
    this.#everyMs = (activeMs * edges) / workflows;
  }

  /** Starts it still waits for. */
  get asking(): number {
    return this.#asking;
  }

  /** Starts workflows until the faults stop. */
  open(): void {
    const pauseMs = -Math.log(1 - this.#random.unit()) * this.#everyMs;
    this.#later(pauseMs, 'next order', () => {
      if (!this.#world.isFaulty()) return;
      this.#order();
      this.open();
    });
  }

  #order(): void {
    this.#starts += 1;
    const random = this.#random;
    const reference = `${this.#edge.name}/w${this.#starts}`;
    const type = random.chance(WITHDRAWALS) ? 'Withdrawal' : 'Errand';
    const amount = `${random.int(1, 99)}.00`;
    const own =
      type === 'Errand'
        ? { tags: ['a', 'b', 'c'].slice(0, random.int(0, 3)) }
        : { is_spoilt: random.chance(SPOILT) };
    const body = JSON.stringify({ customer_reference: reference, amount, currency: 'SEK', ...own });
    const start = this.#book.add({ reference, type, body, edge: this.#edge });
    this.#asking += 1;
    this.#ask(start);
  }

  #ask(start: KnownStart): void {
    let isOver = false;
    const again = () => {
      isOver = true;
      this.#later(AGAIN_MS * (0.5 + this.#random.unit()), 'orders again', () => this.#ask(start));
    };
    const patience = this.#later(PATIENCE_MS, 'loses patience', again);
    void this.#post(start).then((answer) => {
      if (isOver || answer === 'lost') return;
      patience();
      if (answer === 'not now') return again();
      this.#asking -= 1;
      if (!this.#random.chance(0.3 * this.#world.plan.rates.repeat)) return;
      this.#later(this.#random.int(1_000, 100_000), 'orders once more', () => void this.#post(start));
    });
  }

  /** Asks the edge once. Never resolves when the edge is killed meanwhile. */
  async #post(start: KnownStart): Promise<'told' | 'not now' | 'lost'> {
    const { trace, scheduler, plan } = this.#world;
    if (!this.#edge.isUp) return 'lost';
    start.unsure += 1;
    const answer = await this.#edge.ask('POST', `/edge/workflows/${start.type}`, {
      body: start.body,
      headers: { 'idempotency-key': start.reference },
    });
    if (this.#world.isFaulty() && this.#random.chance(0.15 * plan.rates.lose)) return 'lost';
    const text = await answer.text();
    trace.note(scheduler.nowMs, `the clerk is told ${answer.status} of ${start.reference}`, text);
    const said: { code?: string; instance_id?: string } = JSON.parse(text);
    if (said.code !== 'outcome_unknown') start.unsure -= 1;
    if (answer.status !== 200 && answer.status !== 201) {
      assert(said.code !== 'internal', `${this.#edge.name} answers with an error of its own: ${text}`);
      assert(NOT_NOW.has(answer.status), `${this.#edge.name} refuses ${start.reference}: ${text}`);
      return 'not now';
    }
    start.told.add(must(said.instance_id, 'a workflow has an id'));
    return 'told';
  }

  #later(delayMs: number, kind: string, run: () => void): () => void {
    return this.#world.scheduler.after(delayMs, { kind, node: `clerk of ${this.#edge.name}` }, run);
  }
}
