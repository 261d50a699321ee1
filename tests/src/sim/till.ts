/**
 * A till: makes sales, waits for the answer as long as a cashier would, and asks again with the same key when there is
 * none. Sometimes it asks again for what it was told already.
 */
import { assert } from '@holdfast/base';
import type { SaleReceipt } from '@holdfast/protocol';
import { createSaleMaker, type MadeSale } from '../support/made-sale.ts';
import type { Seeded } from '../support/seeded.ts';
import type { EdgeNode } from './edge-node.ts';
import { EPOCH_MS } from './life.ts';
import type { KnownSale, SaleBook } from './sale-book.ts';
import type { World } from './world.ts';

const PATIENCE_MS = 6_000;
const AGAIN_MS = 3_000;
/** Part of the sales that come in a rush, and how many. */
const RUSH = 0.1;
const RUSH_MAX = 6;
/** Part of the sales that no edge may take. */
const SPOILT = 0.02;
/** Codes that say: not now, ask again. All others are for good. */
const NOT_NOW = new Set([503, 500, 507, 429]);

export class Till {
  readonly #world: World;
  readonly #edge: EdgeNode;
  readonly #book: SaleBook;
  readonly #random: Seeded;
  readonly #make: () => MadeSale;
  readonly #name: string;
  #asking = 0;

  constructor(world: World, at: { name: string; edge: EdgeNode; book: SaleBook }) {
    this.#world = world;
    this.#edge = at.edge;
    this.#book = at.book;
    this.#name = at.name;
    this.#random = world.randomFor(`till ${at.name}`);
    const clock = {
      nowMs: () => EPOCH_MS + Math.floor(world.scheduler.nowMs),
      monotonicMs: () => world.scheduler.nowMs,
    };
    this.#make = createSaleMaker({ prefix: at.name, random: this.#random, clock });
  }

  /** Sales it still waits for. */
  get asking(): number {
    return this.#asking;
  }

  /** Sells until the faults stop. */
  open(): void {
    const pauseMs = -Math.log(1 - this.#random.unit()) * this.#world.plan.saleEveryMs;
    this.#later(pauseMs, 'next customer', () => {
      if (!this.#world.isFaulty()) return;
      const count = this.#random.chance(RUSH) ? this.#random.int(2, RUSH_MAX) : 1;
      for (let i = 0; i < count; i += 1) this.#sell();
      this.open();
    });
  }

  #sell(): void {
    const made = this.#make();
    const isSpoilt = this.#random.chance(SPOILT);
    const sale = this.#book.add(
      isSpoilt ? { ...made, body: made.body.replace('"quantity":', '"quantity":-') } : made,
    );
    this.#asking += 1;
    this.#ask(sale);
    if (sale.key === undefined || !this.#random.chance(0.3 * this.#world.plan.rates.repeat)) return;
    this.#later(this.#random.int(1_000, 200_000), 'asks once more', () => {
      if (!sale.isSaved) return;
      this.#world.observer.saw('sale repeated after its answer');
      void this.#post(sale);
    });
  }

  #ask(sale: KnownSale): void {
    let isAnswered = false;
    const again = () => {
      if (sale.key === undefined) return this.#done();
      this.#later(AGAIN_MS * (0.5 + this.#random.unit()), 'asks again', () => {
        this.#world.observer.saw('sale repeated without an answer');
        this.#ask(sale);
      });
    };
    const patience = this.#later(PATIENCE_MS, 'loses patience', () => {
      isAnswered = true;
      again();
    });
    void this.#post(sale).then((answer) => {
      if (isAnswered || answer === 'lost') return;
      isAnswered = true;
      patience();
      if (answer === 'not now') again();
      else this.#done();
    });
  }

  #done(): void {
    this.#asking -= 1;
  }

  /** Asks the edge once. Never resolves when the edge is killed meanwhile. */
  async #post(sale: KnownSale): Promise<'told' | 'not now' | 'lost'> {
    const { observer, plan } = this.#world;
    if (!this.#edge.isUp) return 'lost';
    sale.unsure += 1;
    const { status, text, isReplayed } = await this.#request(sale);
    // The answer to a till can be lost as well; then it knows of nothing.
    if (this.#world.isFaulty() && this.#random.chance(0.15 * plan.rates.lose)) return 'lost';
    if (status !== 201) return this.#refused(sale, status, text);
    sale.unsure -= 1;
    const receipt: SaleReceipt = JSON.parse(text);
    assert(
      receipt.amount_total === sale.total,
      `${sale.reference} is ${sale.total}, and was told ${receipt.amount_total}`,
    );
    if (sale.hadNoRoom) observer.saw('disk full: recovered');
    sale.isSaved = true;
    // A stored answer says that it was taken once, not that it is still there.
    if (!isReplayed) sale.isDestroyed = false;
    sale.opId = receipt.edge_transaction_id;
    sale.receiptCodes.add(receipt.receipt_code);
    if (sale.receiptCodes.size === 2) observer.saw('two receipts for one sale');
    return 'told';
  }

  async #request(sale: KnownSale): Promise<{ status: number; text: string; isReplayed: boolean }> {
    const { app, context } = this.#edge.composition;
    const answer = await app.fetch(
      new Request('http://edge.sim/edge/transactions', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${context.apiToken}`,
          'content-type': 'application/json',
          ...(sale.key !== undefined && { 'idempotency-key': sale.key }),
        },
        body: sale.body,
      }),
    );
    const text = await answer.text();
    const { trace, scheduler } = this.#world;
    trace.note(scheduler.nowMs, `${this.#name} is told ${answer.status} of ${sale.reference}`, text);
    return { status: answer.status, text, isReplayed: answer.headers.has('idempotent-replayed') };
  }

  #refused(sale: KnownSale, status: number, text: string): 'told' | 'not now' {
    const { observer } = this.#world;
    const { code }: { code?: string } = JSON.parse(text);
    assert(code !== 'internal', `${this.#edge.name} answers with an error of its own: ${text}`);
    // Every other refusal promises that nothing was taken.
    if (code !== 'outcome_unknown') sale.unsure -= 1;
    if (code === 'no_room') {
      observer.saw('disk full: refused');
      sale.hadNoRoom = true;
    }
    if (code === 'overloaded') observer.saw('queue full');
    if (NOT_NOW.has(status)) return 'not now';
    observer.saw('sale refused for good');
    return 'told';
  }

  #later(delayMs: number, kind: string, run: () => void): () => void {
    return this.#world.scheduler.after(delayMs, { kind, node: this.#name }, run);
  }
}
