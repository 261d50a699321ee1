import type { ReceiptMatch, VerifyReport } from '@holdfast/verify';
import { describe, expect, it } from 'vitest';
import { plainPaint as paint } from '../shell/testing.ts';
import { judgeReceipt, renderReceipt } from './render-receipt.ts';
import { renderReport } from './render-report.ts';

const counts: VerifyReport['counts'] = {
  ...{ records: 9, streams: 1, entries: 4, erased: 1, seals: 2, operations: 4, transactions: 0, bookings: 3 },
  ...{ postings: 6, quarantined: 1, pruned: 0, segments: 0, segments_apart: 0, unsealed: 0 },
};
const report: VerifyReport = {
  ok: true,
  source: 'hub',
  made_at: '2026-11-20T12:00:00.000Z',
  counts,
  findings: [],
  findings_total: 0,
  first_wrong: null,
  sums: [{ currency: 'SEK', sales: 3, amount: '64.00', tenders: '100.00', change: '36.00', waiting: 1 }],
  trust: {
    keys: [],
    root_key_id: null,
    root_pinned: false,
    statement: 'Everything hangs on one device key.',
  },
  receipt: null,
};
const where = { line: 7, seq: 4, op_id: 'op', incarnation: 'i', device_id: 'd' };
const match: ReceiptMatch = {
  ...{ op_id: 'op', receipt_code: 'FXWPN-YMW0C', state: 'booked', at: '2026-11-20T09:00:00.000Z' },
  ...{ amount: '12.50', currency: 'SEK', cashier_id: 'astrid', where },
};

describe('the report', () => {
  it('says what was counted, and what it hangs on', () => {
    const text = renderReport(report, { name: 'the ledger', paint });
    expect(text).toContain('Erased       1: the body is gone, its hash is not');
    expect(text).toContain('3 sales, 64.00 (taken 100.00, given back 36.00); 1 wait for the hub');
    expect(text).toContain('Everything hangs on one device key.\nNothing is wrong with the ledger.');
    expect(text).not.toContain('Pruned');
  });

  it('names the first wrong place first, and no more than can be read', () => {
    const finding = { code: 'posting', where, sentence: 'It is not so.', expected: '1', found: '2' } as const;
    const findings = Array.from({ length: 25 }, () => finding);
    const wrong = { ...report, ok: false, findings, findings_total: 2_000, first_wrong: finding };
    const text = renderReport(wrong, { name: 'the ledger', paint });
    expect(text.split('\n').slice(0, 2)).toEqual([
      'First wrong: [posting] entry 4, operation op, incarnation i, device d: It is not so.',
      '  expected 1, found 2',
    ]);
    expect(text).toContain('And 1980 more.');
    expect(text).toContain('2000 findings in the ledger.');
  });
});

describe('a receipt', () => {
  const judge = (receipt: ReceiptMatch[], total?: string) =>
    judgeReceipt({ ...report, receipt }, { code: 'FXWPN-YMW0C', total });

  it('is judged by code and total', () => {
    expect(judge([])).toBe('none');
    expect(judge([match])).toBe('found');
    expect(judge([match], '12.5')).toBe('found');
    expect(judge([match], '12')).toBe('other_total');
    expect(judge([{ ...match, amount: '10' }], '10.00')).toBe('found');
    expect(judge([{ ...match, amount: '1200' }], '12')).toBe('other_total');
    expect(judge([{ ...match, amount: null }], '12.50')).toBe('unread');
    expect(judge([match, { ...match, op_id: 'b' }])).toBe('several');
    expect(judge([match, { ...match, op_id: 'b', amount: '1.00' }], '1')).toBe('found');
  });

  it('is told with what it means', () => {
    const asked = { code: 'FXWPN-YMW0C', total: '12.50', paint };
    const text = renderReceipt({ ...report, receipt: [match] }, { ...asked, verdict: 'found' });
    expect(text).toContain('FXWPN-YMW0C for 12.50: This is the sale.');
    expect(text).toMatch(/Made +2026-11-20T09:00:00.000Z by astrid/);
    const none = renderReceipt({ ...report, receipt: [] }, { ...asked, verdict: 'none' });
    expect(none).toContain('No sale here has this code.');
  });
});
