import { describe, expect, it } from 'vitest';
import { recoveryMarkdown, recoveryRow } from './rows.ts';

const OURS = [2_000, 4_000, 1_000].map((elapsedMs) => ({
  open: 10_000,
  elapsedMs,
  cpuMicros: 1_500_000,
  peakBytes: elapsedMs * 1_048_576,
}));
const THEIRS = [{ open: 1_000, elapsedMs: 8_000, cpuMicros: 3_000_000, peakBytes: 1_048_576 }];

describe('recoveryRow', () => {
  it('takes the median time, the slowest as p99 and the most memory, and compares what goes on a second', () => {
    const row = recoveryRow(OURS, THEIRS);
    expect(row).toMatchObject({ seconds: 2, per_s: 4_000, p99_ms: 4_000, peak_mb: 4_000, cpu_s: 1.5 });
    expect(row).toMatchObject({ reference_seconds: 8, reference_per_s: 100, ratio: 40 });
    expect(recoveryMarkdown([row])).toContain('| Holdfast | 10000 | **2** | 4 | 4000 | 1.5 | 4000 |');
  });
});
