/** A receipt that the tests of every rendering share. */
import type { ReceiptDocument } from './receipt-blocks.ts';
import { type ReceiptInput, receiptDocument } from './receipt-document.ts';
import { priceSale } from './sale.ts';

/** The receipt of a sale with everything that is hard to set: letters, marks, wide characters, a long name, change. */
export function sampleReceipt(members: Partial<ReceiptInput> = {}): ReceiptDocument {
  const { currency, lines, total_minor, tenders, change_minor } = priceSale({
    cashier_id: 'c-7',
    currency: 'SEK',
    items: [
      { sku: 'coffee', name: 'Kaffe, bryggd', quantity: 2, unit_price: '32.00' },
      {
        sku: 'toast',
        name: 'Räksmörgås med extra dill & "majonnäs" på rågbröd',
        quantity: 1,
        unit_price: 129,
      },
      { sku: 'sushi', name: '寿司セット 🍣', quantity: 12, unit_price: '1099.5' },
    ],
    tenders: [{ type: 'cash', amount: '14000' }],
  });
  return receiptDocument({
    currency,
    lines,
    total_minor,
    tenders,
    change_minor,
    store_name: 'Hamnens Café & Bageri',
    store_id: 'S-001',
    terminal_name: 'Till 2',
    cashier_name: 'Åsa Öberg',
    op_id: '01935c2e-8f7a-7c31-9d0e-3b6f5a2c1d44',
    receipt_code: '7K3M-Q9TX-2B',
    seq: 42,
    created_at: '2026-01-31T23:30:00.000Z',
    time_zone: 'Europe/Stockholm',
    locale: 'en-GB',
    customer_reference: null,
    copy: 0,
    offline: false,
    ...members,
  });
}

/** {@link sampleReceipt} with one line of that name, sold by a cashier of that name. */
export function receiptNaming(name: string): ReceiptDocument {
  const line = { sku: 'a', name, quantity: 1, unit_price_minor: 100n, amount_minor: 100n };
  return sampleReceipt({ lines: [line], cashier_name: name });
}
