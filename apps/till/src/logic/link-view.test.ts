import type { EdgeStatus } from '@holdfast/protocol';
import { expect, test } from 'vitest';
import { linkView } from './link-view.ts';

type Lane = EdgeStatus['lanes'][number];

const lane: Lane = {
  lane: 'transactions',
  pending: 3,
  pending_amounts: [
    { currency: 'SEK', count: 2, amount: '412.50' },
    { currency: 'EUR', count: 1, amount: '9.00' },
  ],
  tip_seq: 9,
  acked_seq: 6,
  safe_seq: 6,
  oldest_unacked_at: '2026-01-01T12:00:00.000Z',
  quarantined: 1,
  last_ack_at: null,
};

function status(link: Partial<EdgeStatus['link']>, lanes: Lane[]): EdgeStatus {
  const base = {
    state: 'online',
    reason: 'reachable',
    detail: '',
    since: '2026-01-01T12:00:00.000Z',
    mode: 'auto',
    mode_until: null,
    last_contact_at: null,
  };
  // Only what the view reads is given.
  return { link: { ...base, ...link }, lanes } as EdgeStatus;
}

test('online is calm', () => {
  expect(linkView(status({}, []))).toEqual({
    tone: 'calm',
    title: 'link_online',
    why: 'why_reachable',
    drill: false,
    drillUntil: null,
    waiting: 0,
    sums: [],
    oldestAt: null,
    quarantined: 0,
  });
});

test('offline says why, and what waits, by currency and exactly', () => {
  const second: Lane = { ...lane, oldest_unacked_at: '2026-01-01T11:00:00.000Z' };
  const view = linkView(status({ state: 'offline', reason: 'timeout' }, [lane, second]));
  expect(view).toMatchObject({
    tone: 'waiting',
    title: 'link_offline',
    why: 'why_timeout',
    waiting: 6,
    quarantined: 2,
  });
  expect(view.sums).toEqual([
    { currency: 'SEK', amountMinor: 82_500n },
    { currency: 'EUR', amountMinor: 1_800n },
  ]);
  expect(view.oldestAt).toBe('2026-01-01T11:00:00.000Z');
});

test('a drill is named as one', () => {
  expect(linkView(status({ state: 'offline', reason: 'timeout', mode: 'timeout' }, []))).toMatchObject({
    title: 'link_drill',
    why: 'why_drill',
    drill: true,
  });
});
