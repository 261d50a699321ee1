import type { Problem, SaleReceipt } from '@holdfast/protocol';
import { describe, expect, test } from 'vitest';
import { outcomeOpen, type PendingSale, type SaleEvent, type SaleState, saleStep } from './sale-machine.ts';

const sale: PendingSale = {
  key: '01990000-0000-7000-8000-000000000001',
  body: { cashier_id: 'anna', items: [], currency: 'SEK' },
  total: '10.00',
  received: '10.00',
};
const other: PendingSale = { ...sale, key: '01990000-0000-7000-8000-000000000002' };
const receipt: SaleReceipt = {
  edge_transaction_id: sale.key,
  seq: 1,
  receipt_code: 'ABCD',
  amount_total: '10.00',
  change: '0.00',
  currency: 'SEK',
  message: '',
};
const problem: Problem = {
  type: 'about:blank',
  title: 'The disk is full: nothing was taken',
  status: 507,
  detail: '',
  code: 'no_room',
  action: '',
  trace_id: '',
};
const EVENTS: readonly SaleEvent[] = [
  { kind: 'submitted', sale: other },
  { kind: 'resumed', sale: other },
  { kind: 'saved', receipt },
  { kind: 'unanswered', retryAfterMs: null },
  { kind: 'signed_out' },
  { kind: 'signed_in' },
  { kind: 'refused', problem },
  { kind: 'retry_due' },
  { kind: 'closed' },
];

function run(events: readonly SaleEvent[], from: SaleState = { kind: 'idle' }): SaleState {
  return events.reduce(saleStep, from);
}

describe('a sale', () => {
  test('is saved at the first try', () => {
    expect(
      run([
        { kind: 'submitted', sale },
        { kind: 'saved', receipt },
      ]),
    ).toEqual({ kind: 'saved', sale, receipt });
  });

  test('is repeated with the same key, with growing waits, until there is an answer', () => {
    let state = run([{ kind: 'submitted', sale }]);
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      state = run([{ kind: 'unanswered', retryAfterMs: null }], state);
      waits.push(state.kind === 'checking' ? state.waitMs : -1);
      state = run([{ kind: 'retry_due' }], state);
      expect(state.kind === 'repeating' && state.sale.key).toBe(sale.key);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 4_000, 4_000]);
    expect(run([{ kind: 'saved', receipt }], state).kind).toBe('saved');
  });

  test('waits as long as the edge asks for', () => {
    const state = run([
      { kind: 'submitted', sale },
      { kind: 'unanswered', retryAfterMs: 7_000 },
    ]);
    expect(state).toMatchObject({ kind: 'checking', waitMs: 7_000 });
  });

  test('is taken up again after a reload, and after the next sign-in', () => {
    expect(run([{ kind: 'resumed', sale }])).toMatchObject({ kind: 'checking', sale, waitMs: 0 });
    const held = run([{ kind: 'submitted', sale }, { kind: 'signed_out' }]);
    expect(held).toEqual({ kind: 'held', sale });
    expect(run([{ kind: 'signed_in' }], held)).toMatchObject({ kind: 'checking', sale });
  });

  test('keeps its key under every sequence of events until its outcome is known', () => {
    let reached: SaleState[] = [run([{ kind: 'submitted', sale }])];
    for (let depth = 0; depth < 4; depth += 1) {
      reached = reached.flatMap((state) => EVENTS.map((event) => saleStep(state, event)));
      for (const state of reached) {
        if (outcomeOpen(state)) expect(state.sale.key).toBe(sale.key);
      }
      reached = reached.filter(outcomeOpen);
    }
    expect(reached.length).toBeGreaterThan(0);
  });

  test('a refusal ends it, and the next try is a new sale', () => {
    const refused = run([
      { kind: 'submitted', sale },
      { kind: 'refused', problem },
    ]);
    expect(refused).toEqual({ kind: 'refused', sale, problem });
    expect(run([{ kind: 'submitted', sale: other }], refused)).toEqual({ kind: 'posting', sale: other });
    expect(run([{ kind: 'closed' }], refused)).toEqual({ kind: 'idle' });
  });
});
