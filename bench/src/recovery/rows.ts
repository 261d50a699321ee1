/** Results of the benchmark of recovery: rows for programs and tables, and a part of `docs/benchmarks.md`. */
import { median, percentile, round } from '../numbers.ts';
import { markdownTable } from '../page.ts';
import type { Row } from '../report.ts';
import { describeRun } from '../workflow/rows.ts';
import { turnsOf } from './definitions.ts';

/** One start of a process that found `open` workflows, until those whose turn it was had completed. */
export type Recovery = { open: number; elapsedMs: number; cpuMicros: number; peakBytes: number };

/** `per_s` are workflows that went on; the times are those of a whole recovery, from the start of the process. */
export type RecoveryRow = Row & {
  open: number;
  seconds: number;
  cpu_s: number;
  peak_mb: number;
  reference_open: number;
  reference_seconds: number;
  reference_cpu_s: number;
  reference_peak_mb: number;
};

/** The row of some recoveries, one at least of each. */
export function recoveryRow(subject: readonly Recovery[], reference: readonly Recovery[]): RecoveryRow {
  const [ours, theirs] = [figures(subject), figures(reference)];
  const elapsed = subject.map(({ elapsedMs }) => elapsedMs);
  return {
    bench: 'recovery',
    name: 'open workflows',
    clients: 1,
    open: ours.open,
    per_s: round(ours.perSecond, 0),
    seconds: round(ours.seconds, 2),
    p50_ms: round(percentile(elapsed, 0.5), 0),
    p99_ms: round(percentile(elapsed, 0.99), 0),
    cpu_s: round(ours.cpuSeconds, 2),
    peak_mb: round(ours.peakMegabytes, 0),
    reference: 'DBOS Transact',
    reference_open: theirs.open,
    reference_per_s: round(theirs.perSecond, 1),
    reference_seconds: round(theirs.seconds, 2),
    reference_cpu_s: round(theirs.cpuSeconds, 2),
    reference_peak_mb: round(theirs.peakMegabytes, 0),
    ratio: round(ours.perSecond / theirs.perSecond, 2),
  };
}

/** The rows as Markdown. */
export function recoveryMarkdown(rows: readonly RecoveryRow[]): string {
  const heads = ['', 'open', 'seconds', 'slowest', 'gone on /s', 'CPU s', 'peak MB'];
  const lines = rows.flatMap((row) => [
    [
      'Holdfast',
      ...[row.open, `**${row.seconds}**`, round(row.p99_ms / 1000, 2), row.per_s].map(String),
      ...[row.cpu_s, row.peak_mb].map(String),
    ],
    [
      row.reference,
      ...[row.reference_open, `**${row.reference_seconds}**`, '', row.reference_per_s].map(String),
      ...[row.reference_cpu_s, row.reference_peak_mb].map(String),
    ],
  ]);
  return `${describeRun()}\n\n${markdownTable(heads, lines)}`;
}

function figures(runs: readonly Recovery[]) {
  const open = runs[0]?.open ?? Number.NaN;
  const elapsedMs = median(runs.map((run) => run.elapsedMs));
  return {
    open,
    perSecond: (turnsOf(open) * 1000) / elapsedMs,
    seconds: elapsedMs / 1000,
    cpuSeconds: median(runs.map(({ cpuMicros }) => cpuMicros)) / 1e6,
    peakMegabytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 1_048_576,
  };
}
