/**
 * What the sellers know: every sale that was posted, and the answer that was received for it. An edge is right when
 * its store agrees with this book; the book never asks the edge.
 */
import { SaleReceipt } from '@holdfast/protocol';
import type { HttpAnswer } from './http-connection.ts';
import type { MadeSale } from './made-sale.ts';

export type PostedSale = {
  sale: MadeSale;
  ack: SaleReceipt | undefined;
  /** True once an audit has found it in the store: from then on no answer may call it new. */
  stored: boolean;
  /** An answer that did not call itself a repeat has been received. */
  called: 'nothing' | 'new';
  /** An answer said that nothing was taken. */
  refused: boolean;
  /** A request got no answer, or one that says that the outcome is not known: it may be in the store. */
  uncertain: boolean;
};

export type SaleBook = {
  /** Every posted sale by its reference. */
  readonly sales: ReadonlyMap<string, PostedSale>;
  readonly acknowledged: number;
  /** Answers that were wrong by themselves, a sentence each. */
  readonly problems: string[];
  /** Before a sale is sent. */
  post(sale: MadeSale): void;
  /**
   * A whole answer came. Anything but 201 leaves the sale open, and so does every answer once the disk is gone
   * (`isFailing`); a status that is not one of the book's refusals is a problem before that.
   */
  answer(sale: MadeSale, answer: HttpAnswer, isFailing: boolean): void;
  /** No whole answer came. */
  noAnswer(sale: MadeSale): void;
  /** Acks since the last call. */
  takeNewAcks(): PostedSale[];
  /** A sale with a key and no ack, to be repeated; each is given out once until it is given back. */
  takeOpen(): MadeSale | undefined;
  /** The repeat got no ack either. */
  giveBack(sale: MadeSale): void;
};

const NOTHING_KNOWN = {
  ack: undefined,
  stored: false,
  called: 'nothing',
  refused: false,
  uncertain: false,
} as const;

/**
 * An empty book; `refusals` are the statuses with which an edge may refuse a sale that is right. With `placesMove` a
 * repeat may tell another place of the same sale: it was wrapped again.
 */
export function createSaleBook(
  refusals: readonly number[] = [503],
  { placesMove = false }: { placesMove?: boolean } = {},
): SaleBook {
  const sales = new Map<string, PostedSale>();
  const problems: string[] = [];
  let newAcks: PostedSale[] = [];
  let acknowledged = 0;
  const open = new Set<MadeSale>();
  const acknowledge = (posted: PostedSale, receipt: SaleReceipt, replayed: boolean) => {
    const { sale } = posted;
    const wrong = wrongReceipt(sale, receipt);
    if (wrong !== undefined) problems.push(`${sale.reference}: ${wrong}`);
    if (!replayed && (posted.stored || posted.called === 'new'))
      problems.push(`${sale.reference}: a sale that was there already was answered as new`);
    if (!replayed) posted.called = 'new';
    if (posted.ack !== undefined && !sameReceipt(posted.ack, receipt, placesMove))
      problems.push(`${sale.reference}: a repeat got another answer: ${JSON.stringify(receipt)}`);
    if (posted.ack !== undefined) return;
    posted.ack = receipt;
    newAcks.push(posted);
    acknowledged += 1;
  };
  return {
    sales,
    problems,
    get acknowledged() {
      return acknowledged;
    },
    post(sale) {
      if (!sales.has(sale.reference)) sales.set(sale.reference, { sale, ...NOTHING_KNOWN });
    },
    answer(sale, { status, headers, body }, isFailing) {
      const posted = sales.get(sale.reference);
      if (posted !== undefined) noteRefusal(posted, { status, body, isFailing });
      // After the power was cut nobody hears an answer: the sale stays open, and its key is repeated.
      if (isFailing && status === 201) return;
      const replayed = headers['idempotent-replayed'] === 'true';
      if (posted !== undefined && status === 201)
        acknowledge(posted, SaleReceipt.parse(JSON.parse(body)), replayed);
      else if (!refusals.includes(status) && !isFailing)
        problems.push(`${sale.reference}: ${status} ${body.slice(0, 300)}`);
    },
    noAnswer(sale) {
      const posted = sales.get(sale.reference);
      if (posted !== undefined) posted.uncertain = true;
    },
    takeNewAcks() {
      const taken = newAcks;
      newAcks = [];
      return taken;
    },
    takeOpen() {
      for (const sale of open) {
        open.delete(sale);
        return sale;
      }
      return undefined;
    },
    giveBack(sale) {
      if (sale.key !== undefined) open.add(sale);
    },
  };
}

/** Every refusal but `outcome_unknown` promises that nothing was taken. */
function noteRefusal(
  posted: PostedSale,
  { status, body, isFailing }: { status: number; body: string; isFailing: boolean },
): void {
  if (isFailing || body.includes('"outcome_unknown"')) posted.uncertain = true;
  else if (status !== 201) posted.refused = true;
}

function wrongReceipt(sale: MadeSale, receipt: SaleReceipt): string | undefined {
  if (sale.ownsOperation && receipt.edge_transaction_id !== sale.key)
    return `the key ${sale.key} became the operation ${receipt.edge_transaction_id}`;
  if (receipt.amount_total !== sale.total || receipt.currency !== sale.currency)
    return `${sale.total} ${sale.currency} were answered as ${receipt.amount_total} ${receipt.currency}`;
  return undefined;
}

function sameReceipt(a: SaleReceipt, b: SaleReceipt, placesMove: boolean): boolean {
  const isSameSale = a.edge_transaction_id === b.edge_transaction_id && a.receipt_code === b.receipt_code;
  return isSameSale && (placesMove || a.seq === b.seq);
}
