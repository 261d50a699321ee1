import { describe, expect, it } from 'vitest';
import { COMMIT_PER_STEP, FUSED } from './definitions.ts';
import { workflowMarkdown, workflowRow } from './rows.ts';
import type { WindowResult } from './window.ts';

function windowOf(workflows: number, elapsedMs: number): WindowResult {
  const latenciesMs = Float64Array.from({ length: workflows }, (_, index) => index + 1);
  return { elapsedMs, latenciesMs, cpuMicros: workflows * 50 };
}

const SUBJECT = [windowOf(100, 1_000), windowOf(300, 1_000), windowOf(200, 1_000)];
const REFERENCE = [windowOf(10, 1_000)];

describe('workflowRow', () => {
  it('takes the median of the windows, and percentiles over all workflows', () => {
    const row = workflowRow(
      { name: COMMIT_PER_STEP, clients: 8 },
      { subject: SUBJECT, reference: REFERENCE },
    );
    expect(row).toMatchObject({ per_s: 200, steps_per_s: 1_000, cpu_us: 50, p99_ms: 294 });
    expect(row).toMatchObject({ reference_per_s: 10, ratio: 20 });
  });
});

describe('workflowMarkdown', () => {
  it('shows the reference once for each number of clients', () => {
    const rows = ([COMMIT_PER_STEP, FUSED] as const).map((name) =>
      workflowRow({ name, clients: 8 }, { subject: SUBJECT, reference: REFERENCE }),
    );
    const lines = workflowMarkdown(rows).split('\n');
    expect(lines.filter((line) => line.startsWith('| DBOS Transact | 8 | **10** | 50 |'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('| Holdfast, '))).toHaveLength(2);
  });
});
