/** Losses and doubles that are planted in a ledger must be found: a campaign with a blind judge shows nothing. */
import { systemClock } from '@holdfast/base';
import type { CentralTransaction } from '@holdfast/protocol';
import { expect, test } from 'vitest';
import { createSaleMaker } from '../support/made-sale.ts';
import { createSaleBook } from '../support/sale-book.ts';
import { seeded } from '../support/seeded.ts';
import { judgeLedger } from './judgement.ts';

const SALES = 6;
const at = new Date(0).toISOString();
const device_id = '01937f4e-5a60-7c3e-9c1b-2f6d0a4b8e12';

/** A book of six acknowledged sales, and the ledger as it should be. */
function world() {
  const book = createSaleBook();
  const make = createSaleMaker({ prefix: 'sale', random: seeded(3), clock: systemClock });
  const rows = Array.from({ length: SALES }, (_, index): CentralTransaction => {
    const sale = make();
    const edge_transaction_id = sale.ownsOperation
      ? (sale.key ?? '')
      : `01937f4e-5a60-7c3e-9c1b-00000000000${index}`;
    const told = {
      edge_transaction_id,
      receipt_code: `CODE-${index}`,
      amount_total: sale.total,
      currency: sale.currency,
    };
    book.post(sale);
    const body = JSON.stringify({ ...told, seq: index + 1, change: '0', message: '' });
    book.answer(sale, { status: 201, headers: {}, body }, false);
    const kept = {
      store_id: 's',
      cashier_id: 'c',
      payload_json: '{}',
      created_at: at,
      received_at: at,
      device_id,
    };
    return { ...told, ...kept, customer_reference: sale.reference };
  });
  expect(book.problems).toEqual([]);
  return { book, rows };
}

async function judged(change: (rows: CentralTransaction[]) => CentralTransaction[]) {
  const { book, rows } = world();
  const transactions = async () => ({ transactions: change(rows), next_cursor: null });
  return await judgeLedger({ transactions }, [book]);
}

test('a whole ledger has nothing to find', async () => {
  expect(await judged((rows) => rows)).toEqual({ acknowledged: SALES, lost: [], doubled: [], problems: [] });
});

test('a sale that is not there, is there twice, or is not as it was told is found', async () => {
  expect(await judged((rows) => rows.slice(1))).toMatchObject({
    lost: ['sale-1'],
    doubled: [],
    problems: [],
  });
  expect(await judged((rows) => [...rows, ...rows.slice(2, 3)])).toMatchObject({
    lost: [],
    doubled: ['sale-3'],
  });
  const other = await judged((rows) => rows.map((row) => ({ ...row, receipt_code: 'CODE-0' })));
  expect(other.problems.length).toBe(SALES - 1);
});

test('a sale that nobody made is found', async () => {
  const found = await judged(([first, ...rows]) =>
    first ? [first, ...rows, { ...first, customer_reference: 'nobody' }] : rows,
  );
  expect(found.problems).toEqual([expect.stringContaining('nobody')]);
});
