import { expect, test } from 'vitest';
import { sampleReceipt } from './receipt-sample.ts';
import { receiptText } from './receipt-text.ts';

test('the title names the receipt and its copy', () => {
  expect(sampleReceipt().title).toBe('Receipt 7K3M-Q9TX-2B');
  expect(sampleReceipt({ copy: 3 }).title).toBe('Receipt 7K3M-Q9TX-2B, COPY 3');
});

test('a copy says so in large type, an original does not', () => {
  expect(sampleReceipt({ copy: 1 }).blocks).toContainEqual({ kind: 'big', text: 'COPY 1' });
  expect(receiptText(sampleReceipt(), 42)).not.toContain('COPY');
});

test('a sale that is not booked yet says where it is', () => {
  const text = receiptText(sampleReceipt({ offline: true }), 48);
  expect(text).toContain('Saved in the store.');
  expect(text).toContain('Goes to the ledger when the connection is back.');
  expect(receiptText(sampleReceipt(), 48)).not.toContain('Saved in the store.');
});

test('the time is the time of the store', () => {
  expect(receiptText(sampleReceipt(), 42)).toContain('1 Feb 2026, 00:30');
  expect(receiptText(sampleReceipt({ time_zone: 'America/New_York' }), 42)).toContain('31 Jan 2026, 18:30');
});

test('what there is not takes no line', () => {
  const exact = sampleReceipt({ change_minor: 0n, terminal_name: null });
  const text = receiptText(exact, 42);
  expect(text).not.toContain('Change');
  expect(text).not.toContain('Customer');
  expect(text).toContain('  Store S-001\n');
  expect(receiptText(sampleReceipt({ customer_reference: 'PO 17' }), 42)).toMatch(/^Customer +PO 17$/m);
});
