/** The results as a part of `docs/benchmarks.md`. */
import { markdownTable } from '../page.ts';
import type { Conditions, DrainRow, FaultRow, PeerResults } from './results.ts';

const GROUPS = [
  ['ledger', 'Ledger: committed in PostgreSQL, and acked'],
  ['documents', 'Documents: the same revisions in a second store of the same kind'],
] as const satisfies readonly [DrainRow['group'], string][];

/** A paragraph on the conditions, and for each group a table of drains and one of faults. */
export function toMarkdown({ conditions, drains, faults }: PeerResults): string {
  const parts = GROUPS.flatMap(([group, title]) => [
    `### ${title}`,
    drainTable(drains.filter((row) => row.group === group)),
    faultTable(faults.filter((row) => row.group === group)),
  ]);
  return [describeConditions(conditions), ...parts].join('\n\n');
}

function describeConditions({ at, machine, node, sales, peers }: Conditions): string {
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return (
    `Measured at ${at} UTC on ${machine}; Node ${node}; ${sales.toLocaleString('en')} sales a run; ` +
    `${versions.join(', ')}.`
  );
}

function drainTable(rows: readonly DrainRow[]): string {
  return markdownTable(
    [
      'system, setting',
      'into',
      'drain ms (range)',
      'sell ms (range)',
      'CPU s, edge + hub',
      'fsyncs selling',
      'fsyncs draining, edge + hub',
      'MB sent',
      'runs',
      'load',
    ],
    rows.map((row) => [
      `${row.system}, ${row.setting}`,
      row.store,
      `**${row.drain_ms.median}** (${row.drain_ms.min}–${row.drain_ms.max})`,
      `${row.sell_ms.median} (${row.sell_ms.min}–${row.sell_ms.max})`,
      `${row.edge_cpu_s} + ${row.hub_cpu_s}`,
      `${row.sell_fsyncs}`,
      `${row.edge_fsyncs} + ${row.hub_fsyncs}`,
      `${row.mb_up}`,
      `${row.runs}`,
      `${row.load.min}–${row.load.max}`,
    ]),
  );
}

function faultTable(rows: readonly FaultRow[]): string {
  return markdownTable(
    [
      'system, setting',
      'fault',
      'sold',
      'distinct',
      'duplicated',
      'lost',
      'foreign',
      'requests',
      'answers lost',
      's to the end',
      'load',
    ],
    rows.map((row) => [
      `${row.system}, ${row.setting}`,
      row.fault,
      ...[row.sold, row.distinct, row.duplicated, row.lost, row.foreign, row.requests, row.answers_lost].map(
        String,
      ),
      row.seconds === null ? 'none' : String(row.seconds),
      String(row.load),
    ]),
  );
}
