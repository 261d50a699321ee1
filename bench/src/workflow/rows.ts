/** Results of the benchmark of workflows: rows for programs and tables, and a part of `docs/benchmarks.md`. */
import { loadavg } from 'node:os';
import { machineNow } from '../machine.ts';
import { median, percentile, round } from '../numbers.ts';
import { markdownTable } from '../page.ts';
import { PEERS } from '../peers/install.ts';
import type { Row } from '../report.ts';
import { COMMIT_PER_STEP, STEPS, type WorkflowName } from './definitions.ts';
import type { WindowResult } from './window.ts';

/** One variant with so many clients. `per_s` are workflows; `cpu_us` is processor time of the process a workflow. */
export type WorkflowRow = Row & {
  steps_per_s: number;
  cpu_us: number;
  reference_p50_ms: number;
  reference_p99_ms: number;
  reference_cpu_us: number;
};

export type Windows = readonly WindowResult[];

/** The row of a variant: medians of the windows, and percentiles over all of their workflows. */
export function workflowRow(
  of: { name: WorkflowName; clients: number },
  windows: { subject: Windows; reference: Windows },
): WorkflowRow {
  const subject = figures(windows.subject);
  const reference = figures(windows.reference);
  return {
    bench: 'workflow',
    name: of.name,
    clients: of.clients,
    per_s: round(subject.perSecond, 0),
    steps_per_s: round(subject.perSecond * STEPS, 0),
    p50_ms: round(subject.p50Ms, 3),
    p99_ms: round(subject.p99Ms, 3),
    cpu_us: round(subject.cpuMicros, 0),
    reference: 'DBOS Transact',
    reference_per_s: round(reference.perSecond, 1),
    reference_p50_ms: round(reference.p50Ms, 3),
    reference_p99_ms: round(reference.p99Ms, 3),
    reference_cpu_us: round(reference.cpuMicros, 0),
    ratio: round(subject.perSecond / reference.perSecond, 2),
  };
}

/** The rows as Markdown; the reference stands once for each number of clients. */
export function workflowMarkdown(rows: readonly WorkflowRow[]): string {
  const heads = ['', 'clients', 'workflows /s', 'steps /s', 'p50 ms', 'p99 ms', 'CPU µs', 'ratio'];
  const ours = rows.map((row) => [
    `Holdfast, ${row.name}`,
    ...[row.clients, `**${row.per_s}**`, row.steps_per_s, row.p50_ms, row.p99_ms, row.cpu_us, row.ratio].map(
      String,
    ),
  ]);
  const theirs = rows
    .filter(({ name }) => name === COMMIT_PER_STEP)
    .map((row) => [
      row.reference,
      ...[row.clients, `**${row.reference_per_s}**`, round(row.reference_per_s * STEPS, 0)].map(String),
      ...[row.reference_p50_ms, row.reference_p99_ms, row.reference_cpu_us, 1].map(String),
    ]);
  return `${describeRun()}\n\n${markdownTable(heads, [...ours, ...theirs])}`;
}

/** When, where and beside what. */
export function describeRun(): string {
  const at = new Date().toISOString().slice(0, 16);
  const versions = Object.entries(PEERS.workflow).map(([name, version]) => `${name} ${version}`);
  const load = round(loadavg()[0] ?? Number.NaN, 1);
  return (
    `Measured at ${at} UTC on ${machineNow()}, load ${load}, the benchmark included; ` +
    `Node ${process.version}; ${versions.join(', ')}.`
  );
}

function figures(windows: Windows) {
  const latencies = windows.flatMap(({ latenciesMs }) => [...latenciesMs]);
  return {
    perSecond: median(windows.map(({ latenciesMs, elapsedMs }) => (latenciesMs.length * 1000) / elapsedMs)),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMicros: windows.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / latencies.length,
  };
}
