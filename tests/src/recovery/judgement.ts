/** What the tills know against what the ledger and the stores hold. */
import { join } from 'node:path';
import type { HubOperatorClient } from '@holdfast/client';
import type { CentralTransaction } from '@holdfast/protocol';
import { createEdgeAuditor } from '../support/edge-auditor.ts';
import type { SaleBook } from '../support/sale-book.ts';
import type { Shop } from './shop.ts';

/** References of sales, and sentences. */
export type Judgement = { acknowledged: number; lost: string[]; doubled: string[]; problems: string[] };

const PAGE = 1_000;

/** Every acknowledged sale of `books` stands in the ledger once, as it was acknowledged; and nothing that nobody sold. */
export async function judgeLedger(
  operator: Pick<HubOperatorClient, 'transactions'>,
  books: readonly SaleBook[],
): Promise<Judgement> {
  const rows = new Map<string, CentralTransaction[]>();
  for await (const row of readLedger(operator)) {
    const reference = row.customer_reference ?? '';
    rows.set(reference, [...(rows.get(reference) ?? []), row]);
  }
  const found: Judgement = { acknowledged: 0, lost: [], doubled: [], problems: [] };
  for (const book of books) {
    found.acknowledged += book.acknowledged;
    for (const [reference, { ack }] of book.sales) {
      const [row, ...more] = rows.get(reference) ?? [];
      rows.delete(reference);
      if (more.length > 0) found.doubled.push(reference);
      if (ack === undefined) continue;
      if (row === undefined) found.lost.push(reference);
      else if (!isAsAcknowledged(row, ack))
        found.problems.push(`${reference}: told as ${JSON.stringify(ack)}, booked as ${JSON.stringify(row)}`);
    }
  }
  for (const reference of rows.keys()) found.problems.push(`${reference}: booked, and nobody sold it`);
  return found;
}

async function* readLedger(
  operator: Pick<HubOperatorClient, 'transactions'>,
): AsyncGenerator<CentralTransaction> {
  let cursor: string | undefined;
  do {
    const page = await operator.transactions({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    yield* page.transactions;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

type Told = Pick<CentralTransaction, 'edge_transaction_id' | 'receipt_code' | 'amount_total' | 'currency'>;

function isAsAcknowledged(row: Told, ack: Told): boolean {
  return (
    row.edge_transaction_id === ack.edge_transaction_id &&
    row.receipt_code === ack.receipt_code &&
    row.amount_total === ack.amount_total &&
    row.currency === ack.currency
  );
}

/**
 * The store of a shop that is stopped, from its first entry to its last page. `keys` are those of all devices.
 * `others` are the books whose sales its store may hold beside its own: it was copied from theirs, or got them back.
 */
export function judgeStore(
  shop: Pick<Shop, 'name' | 'folder' | 'book'>,
  at: { keys: ReadonlyMap<string, Uint8Array>; others: readonly SaleBook[]; holdsAll: boolean },
): string[] {
  const auditor = createEdgeAuditor({
    database: join(shop.folder, 'edge.db'),
    keyFile: join(shop.folder, 'store.key'),
    keys: at.keys,
  });
  auditor.readNew();
  auditor.checkPages();
  const problems = [...auditor.problems];
  const isKnown = (reference: string | null) =>
    reference !== null && [shop.book, ...at.others].some((book) => book.sales.has(reference));
  for (const sale of auditor.sales.values())
    if (!isKnown(sale.reference)) problems.push(`the operation ${sale.opId} was never posted`);
  for (const [reference, { ack }] of shop.book.sales) {
    const stored = ack && auditor.sales.get(ack.edge_transaction_id);
    if (ack === undefined || (stored === undefined && !at.holdsAll)) continue;
    if (stored?.reference !== reference || stored.receiptCode !== ack.receipt_code)
      problems.push(`${reference}: it was acknowledged, and is not in the store`);
  }
  return problems.map((problem) => `${shop.name}: ${problem}`);
}
