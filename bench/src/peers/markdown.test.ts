import { describe, expect, it } from 'vitest';
import { toMarkdown } from './markdown.ts';
import type { DrainRow, FaultRow, PeerResults } from './results.ts';

const DRAIN: DrainRow = {
  bench: 'drain peers',
  group: 'ledger',
  system: 'One',
  setting: 'as it comes',
  store: 'a book',
  runs: 5,
  sell_ms: { median: 900, min: 800, max: 1_000 },
  drain_ms: { median: 600, min: 590, max: 700 },
  edge_cpu_s: 0.2,
  hub_cpu_s: 0.6,
  sell_fsyncs: 256,
  edge_fsyncs: 13,
  hub_fsyncs: 51,
  mb_up: 1.4,
  load: { median: 1, min: 0.5, max: 1.5 },
};
const FAULT: FaultRow = {
  bench: 'drain peers, faults',
  group: 'ledger',
  system: 'One',
  setting: 'as it comes',
  fault: 'hub killed',
  sold: 10_000,
  distinct: 9_999,
  duplicated: 2,
  lost: 1,
  foreign: 0,
  requests: 12,
  answers_lost: 0,
  seconds: null,
  load: 1.2,
};
const RESULTS: PeerResults = {
  conditions: {
    bench: 'drain peers, conditions',
    at: '2026-11-20T16:00',
    machine: 'a machine',
    node: 'v24.21.0',
    sales: 10_000,
    peers: { other: '1.0.0' },
  },
  drains: [DRAIN, { ...DRAIN, group: 'documents', system: 'Two' }],
  faults: [FAULT],
};

describe('toMarkdown', () => {
  it('keeps the groups apart, and hides neither loss nor a drain without an end', () => {
    const text = toMarkdown(RESULTS);
    const [ledger, documents] = text.split('### Documents');
    expect(ledger).toContain('One, as it comes | a book | **600** (590–700)');
    expect(ledger).toContain('hub killed | 10000 | 9999 | 2 | 1 | 0 | 12 | 0 | none | 1.2 |');
    expect(ledger).not.toContain('Two');
    expect(documents).toContain('Two');
    expect(text).toContain('other 1.0.0');
  });
});
