import type { EntriesHead } from '@holdfast/protocol';
import { describe, expect, it } from 'vitest';
import { readEntriesPage } from './entries-page.ts';
import { LinkError } from './transport.ts';

const asked = { incarnation: 'a'.repeat(32), lane: 'transactions', after_seq: 4 } as const;
const head: EntriesHead = {
  incarnation: asked.incarnation,
  lane: asked.lane,
  first_seq: 5,
  count: 2,
  prev_hash: 'b'.repeat(64),
  tip_seq: 9,
};
const text = (of: EntriesHead, ...lines: string[]) =>
  Buffer.from([JSON.stringify(of), ...lines, ''].join('\n'));

describe('a page of own entries', () => {
  it('is taken apart to the letter, with null for an erased body', () => {
    const page = readEntriesPage(text(head, '{"h": 5}', '{"salt":"å"}', '{"h": 6}', 'null'), asked);
    expect(page).toEqual({
      head,
      entries: [
        { header: '{"h": 5}', body: '{"salt":"å"}' },
        { header: '{"h": 6}', body: null },
      ],
    });
    const end = { ...head, count: 0, prev_hash: null, tip_seq: 0 };
    expect(readEntriesPage(text(end), asked)).toEqual({ head: end, entries: [] });
  });

  it.each([
    ['that was cut', text(head, '{"h": 5}', '{}', '{"h": 6}', '{}').subarray(0, -1)],
    ['with a line too few', text(head, '{"h": 5}', '{}', '{"h": 6}')],
    ['of another place', text({ ...head, first_seq: 4 }, '{}', '{}', '{}', '{}')],
    ['of another stream', text({ ...head, incarnation: 'c'.repeat(32) }, '{}', '{}', '{}', '{}')],
    ['without a head', Buffer.from('<html>\n')],
  ])('%s is refused', (_, bytes) => {
    expect(() => readEntriesPage(bytes, asked)).toThrow(LinkError);
  });
});
