/** Compares what the sellers know with what a store holds. */
import { type EdgeAuditor, type StoredSale, textHash } from './edge-auditor.ts';
import type { PostedSale, SaleBook } from './sale-book.ts';

/** References of sales that are not as they were acknowledged, and of rows beyond the first of a sale. */
export type Differences = { lost: string[]; duplicated: string[]; problems: string[] };

/** A comparison that is made again and again, each time of the rows and acks that came since the one before. */
export type Comparison = { compareNew(): Differences };

/** Compares a book and a store that both grow; it reads the store through `auditor`. */
export function createComparison({ book, auditor }: { book: SaleBook; auditor: EdgeAuditor }): Comparison {
  const operationOf = new Map<string, string>();
  return {
    compareNew() {
      const found: Differences = { lost: [], duplicated: [], problems: [] };
      for (const stored of auditor.readNew()) compareRow({ stored, book, operationOf, found });
      for (const posted of book.takeNewAcks()) compareAck({ posted, auditor, found });
      return found;
    },
  };
}

/** Every ack of the book against a store that `auditor` has not read yet, to its last page. */
export function compareWhole({ book, auditor }: { book: SaleBook; auditor: EdgeAuditor }): Differences {
  const found = createComparison({ book, auditor }).compareNew();
  auditor.checkPages();
  for (const posted of book.sales.values()) {
    compareAck({ posted, auditor, found });
    if (posted.ack === undefined && posted.sale.key !== undefined)
      found.problems.push(`${posted.sale.reference}: it was repeated and has no answer`);
  }
  found.lost = [...new Set(found.lost)];
  return found;
}

function compareRow(at: {
  stored: StoredSale;
  book: SaleBook;
  operationOf: Map<string, string>;
  found: Differences;
}): void {
  const { stored, book, operationOf, found } = at;
  const { opId, reference } = stored;
  const posted = reference === null ? undefined : book.sales.get(reference);
  if (reference === null || posted === undefined) {
    found.problems.push(`the operation ${opId} was never posted`);
    return;
  }
  const earlier = operationOf.get(reference);
  if (earlier !== undefined && earlier !== opId) found.duplicated.push(reference);
  operationOf.set(reference, opId);
  posted.stored = true;
  if (posted.refused && !posted.uncertain && posted.ack === undefined)
    found.problems.push(`${reference}: every answer said that nothing was taken, and it is stored`);
  const { sale } = posted;
  if (stored.amountMinor !== sale.totalMinor || stored.currency !== sale.currency)
    found.problems.push(`${reference}: stored as ${stored.amountMinor} minor units of ${stored.currency}`);
  if (stored.textHash !== textHash(sale.body)) found.problems.push(`${reference}: stored with another text`);
}

function compareAck(at: { posted: PostedSale; auditor: EdgeAuditor; found: Differences }): void {
  const { ack, sale } = at.posted;
  if (ack === undefined) return;
  const stored = at.auditor.sales.get(ack.edge_transaction_id);
  const isWhole =
    stored?.reference === sale.reference && stored.seq === ack.seq && stored.receiptCode === ack.receipt_code;
  if (!isWhole) at.found.lost.push(sale.reference);
}
