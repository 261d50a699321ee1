import { isAppError } from '@holdfast/base';
import type { ReconciliationStream } from '@holdfast/protocol';
import { expect, test } from 'vitest';
import { pageOfStreams, type WholeReconciliation } from './page-of-streams.ts';

function stream(index: number): ReconciliationStream {
  return {
    device_id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    device_name: 'Till',
    device_state: 'active',
    incarnation: String(index).padStart(32, '0'),
    lane: 'transactions',
    acked_seq: 0,
    safe_seq: 0,
    head_hash: '0'.repeat(64),
    entries: 0,
    sums: [],
    quarantined: 0,
    last_received_at: null,
    reported: null,
    missing: 0,
    gaps: [],
    state: 'unknown',
  };
}

const whole = (count: number): WholeReconciliation => ({
  store_id: null,
  as_of: '2026-05-01T12:00:00.000Z',
  generation: 'a'.repeat(32),
  streams: Array.from({ length: count }, (_, index) => stream(index)),
  totals: [{ currency: 'SEK', count: 3, amount: '3.00' }],
  accounts: [],
  balanced: true,
});

test.each([0, 1, 4, 5, 6, 10, 11])('pages of five show each of %i streams once', (count) => {
  const books = whole(count);
  const seen: ReconciliationStream[] = [];
  let cursor: string | undefined;
  do {
    const page = pageOfStreams(books, { limit: 5, cursor });
    expect(page.streams.length).toBeLessThanOrEqual(5);
    expect(page.totals).toEqual(books.totals);
    seen.push(...page.streams);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(books.streams);
});

test('a cursor of a stream that is gone, or of none, is refused', () => {
  const { next_cursor } = pageOfStreams(whole(9), { limit: 8 });
  for (const cursor of [next_cursor ?? '', 'made-up']) {
    const page = () => pageOfStreams(whole(3), { limit: 8, cursor });
    expect(page).toThrow();
    try {
      page();
    } catch (error) {
      expect(isAppError(error, 'invalid_cursor')).toBe(true);
    }
  }
});
