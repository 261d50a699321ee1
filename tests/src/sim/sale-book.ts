/**
 * What the tills of a world know: every sale they made, and what they were told. The auditor holds both books against it.
 */
import type { MadeSale } from '../support/made-sale.ts';

export type KnownSale = MadeSale & {
  /** A till was told that it is saved. */
  isSaved: boolean;
  /** Requests that ended without anybody being told whether it was taken; an answer that was lost is one. */
  unsure: number;
  /** Was told that the disk is full. */
  hadNoRoom: boolean;
  /** Once a till was told. */
  opId: string | undefined;
  /** All that tills printed for it; more than one after a disk was restored and the till asked again. */
  receiptCodes: Set<string>;
  /** Every store that held it was put back to a copy without it: the disk took it along. */
  isDestroyed: boolean;
};

export class SaleBook {
  readonly #byReference = new Map<string, KnownSale>();

  get all(): Iterable<KnownSale> {
    return this.#byReference.values();
  }

  get size(): number {
    return this.#byReference.size;
  }

  add(sale: MadeSale): KnownSale {
    const known: KnownSale = {
      ...sale,
      isSaved: false,
      unsure: 0,
      hadNoRoom: false,
      opId: undefined,
      receiptCodes: new Set(),
      isDestroyed: false,
    };
    this.#byReference.set(sale.reference, known);
    return known;
  }

  find(reference: string): KnownSale | undefined {
    return this.#byReference.get(reference);
  }

  /** As if no till had ever made it. */
  forget(reference: string): void {
    this.#byReference.delete(reference);
  }

  /** Sales whose tills were told that they are saved. */
  saved(): KnownSale[] {
    return [...this.all].filter(({ isSaved }) => isSaved);
  }
}
