import { gzipSync } from 'node:zlib';
import { type AppError, isAppError, LIMITS, must } from '@holdfast/base';
import { expect, test } from 'vitest';
import { readJsonBatch } from './read-json-batch.ts';

const row = {
  transaction_id: 'T-1',
  cashier_id: 'astrid',
  amount: 12.5,
  currency: 'SEK',
  timestamp: '2026-11-20T12:00:00+01:00',
};

const read = (text: string, gzip = false) =>
  readJsonBatch({
    raw: gzip ? gzipSync(text) : Buffer.from(text),
    contentEncoding: gzip ? 'gzip' : undefined,
  });

async function refusal(text: string, gzip = false): Promise<AppError> {
  const error = await read(text, gzip).catch((failure: unknown) => failure);
  return must(isAppError(error) ? error : undefined, 'the batch is refused');
}

test('as many elements as allowed are read', async () => {
  const rows = Array.from({ length: LIMITS.batchEntriesMax }, (_, i) => ({
    ...row,
    transaction_id: `T-${i}`,
  }));
  expect(await read(JSON.stringify(rows), true)).toEqual(rows);
});

test.each([
  ['more bytes than a batch has, compressed', `[${'{},'.repeat(690_000)}{}]`, true],
  ['more bytes than a batch has', `[${'{},'.repeat(690_000)}{}]`, false],
  ['more elements than a batch has', `[${'{},'.repeat(300_000)}{}]`, true],
  ['one element more', JSON.stringify(Array.from({ length: LIMITS.batchEntriesMax + 1 }, () => row)), false],
])('%s are refused before they are looked at', async (_name, text, gzip) => {
  expect((await refusal(text, gzip)).code).toBe('body_too_large');
});

test('it stops at the element where enough is wrong', async () => {
  const looked: number[] = [];
  const elements = Array.from({ length: LIMITS.batchEntriesMax }, () => ({}));
  const { code, faults } = await refusal(JSON.stringify([row, ...elements.slice(1)]));
  for (const { pointer } of faults) looked.push(Number(pointer.split('/')[1]));
  expect([code, faults[0]?.pointer, looked.length]).toEqual(['invalid_request', '/1/transaction_id', 20]);
  expect(Math.max(...looked)).toBeLessThan(6);
});

test.each(['transaction_id', 'store_id', 'cashier_id', 'customer_reference', 'amount'])(
  'half a character in %s is a fault of the request',
  async (name) => {
    const { code, faults } = await refusal(JSON.stringify([{ ...row, [name]: '\ud800' }]));
    expect([code, faults[0]?.pointer]).toEqual(['invalid_request', `/0/${name}`]);
  },
);
