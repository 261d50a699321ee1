/** Tills that sell for as long as the edge answers: each on a connection of its own, one sale after the other. */
import { type Clock, systemTimers } from '@holdfast/base';
import { connectTo, type HttpAnswer, type HttpConnection } from './http-connection.ts';
import { createSaleMaker, type MadeSale } from './made-sale.ts';
import type { SaleBook } from './sale-book.ts';
import type { Seeded } from './seeded.ts';

const REPEAT_AT_ONCE = 0.06;
const POST_TWICE = 0.04;
const PAUSE_AFTER_REFUSAL_MS = 5;

export type Sellers = {
  /** Ends them; what is under way is cut off and stays open in the book. */
  stop(): Promise<void>;
};

/** Starts `count` sellers. Sales that an earlier life left open are repeated before new ones are made. */
export function startSellers(at: {
  url: string;
  token: string;
  count: number;
  /** Unique among the lives of one store. */
  prefix: string;
  book: SaleBook;
  random: Seeded;
  clock: Clock;
  /** True once the disk was taken away: from then on any refusal is right. */
  isFailing?: () => boolean;
  /** Between two sales of a seller; none unless given. */
  pauseMs?: number;
}): Sellers {
  const stop = new AbortController();
  const sellers = Array.from({ length: at.count }, (_, index) => {
    const random = at.random.fork();
    const make = createSaleMaker({ prefix: `${at.prefix}-${index}`, random, clock: at.clock });
    const { isFailing = () => false, pauseMs = 0 } = at;
    return sell({ ...at, isFailing, pauseMs, make, random, signal: stop.signal });
  });
  return {
    async stop() {
      stop.abort();
      await Promise.all(sellers);
    },
  };
}

/** Repeats what is open in the book, one sale after the other, until nothing is; for an edge that will not be killed. */
export async function repeatOpen(at: { url: string; token: string; book: SaleBook }): Promise<void> {
  const connection = connectTo(at);
  const seller = { book: at.book, isFailing: () => false };
  for (let sale = at.book.takeOpen(); sale !== undefined; sale = at.book.takeOpen())
    await post(connection, sale, seller);
  connection.close();
}

type Seller = {
  url: string;
  token: string;
  book: SaleBook;
  make: () => MadeSale;
  random: Seeded;
  signal: AbortSignal;
  isFailing: () => boolean;
  pauseMs: number;
};

async function sell(seller: Seller): Promise<void> {
  const { book, random, signal } = seller;
  const [first, second] = [connectTo(seller), connectTo(seller)];
  const close = () => {
    first.close();
    second.close();
  };
  signal.addEventListener('abort', close);
  while (!signal.aborted) {
    const repeated = book.takeOpen();
    const sale = repeated ?? seller.make();
    book.post(sale);
    const twice = sale.key !== undefined && random.chance(POST_TWICE);
    const sent = twice
      ? [post(first, sale, seller), post(second, sale, seller)]
      : [post(first, sale, seller)];
    const done = (await Promise.all(sent)).includes(true);
    if (!done) book.giveBack(sale);
    else if (sale.key !== undefined && random.chance(REPEAT_AT_ONCE)) await post(first, sale, seller);
    if (!done) await systemTimers.sleep(PAUSE_AFTER_REFUSAL_MS, signal);
    if (seller.pauseMs > 0) await systemTimers.sleep(seller.pauseMs * random.unit() * 2, signal);
  }
  close();
}

/** True when the sale was acknowledged. */
async function post(
  connection: HttpConnection,
  sale: MadeSale,
  { book, isFailing }: Pick<Seller, 'book' | 'isFailing'>,
): Promise<boolean> {
  const headers = sale.key === undefined ? undefined : { 'idempotency-key': sale.key };
  let answer: HttpAnswer;
  try {
    answer = await connection.request({
      method: 'POST',
      path: '/edge/transactions',
      headers,
      body: sale.body,
    });
  } catch {
    book.noAnswer(sale); // It is what a killed edge gives; the sale stays open.
    return false;
  }
  const tooLate = isFailing();
  book.answer(sale, answer, tooLate);
  return answer.status === 201 && !tooLate;
}
