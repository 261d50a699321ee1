/** From runs to rows: the medians and ranges that are printed, for programs as JSON and for people as Markdown. */
import { machineNow } from '../machine.ts';
import { median, round } from '../numbers.ts';
import type { System } from './contender.ts';
import { PEERS } from './install.ts';
import { type Fault, type FaultRun, type Inspection, SALES, type TimedRun } from './runs.ts';

/** Where, when and with what. */
export type Conditions = {
  bench: 'drain peers, conditions';
  at: string;
  machine: string;
  node: string;
  sales: number;
  peers: Readonly<Record<string, string>>;
};

/** One system in one setting. Milliseconds, seconds and loads of the machine are medians with their ranges. */
export type DrainRow = {
  bench: 'drain peers';
  group: System['group'];
  system: string;
  setting: string;
  store: string;
  runs: number;
  sell_ms: Spread;
  drain_ms: Spread;
  edge_cpu_s: number;
  hub_cpu_s: number;
  sell_fsyncs: number;
  edge_fsyncs: number;
  hub_fsyncs: number;
  mb_up: number;
  load: Spread;
};

/** One fault in one drain. `seconds` is null when the edge did not come to an end. */
export type FaultRow = {
  bench: 'drain peers, faults';
  group: System['group'];
  system: string;
  setting: string;
  fault: Fault;
  sold: number;
  distinct: number;
  duplicated: number;
  lost: number;
  foreign: number;
  requests: number;
  answers_lost: number;
  seconds: number | null;
  load: number;
};

export type PeerResults = { conditions: Conditions; drains: DrainRow[]; faults: FaultRow[] };

/** The middle, the smallest and the largest of some figures. */
type Spread = { median: number; min: number; max: number };

/** What this machine is, and what is compared on it. */
export function conditionsNow(): Conditions {
  return {
    bench: 'drain peers, conditions',
    at: new Date().toISOString().slice(0, 16),
    machine: machineNow(),
    node: process.version,
    sales: SALES,
    peers: PEERS.drain,
  };
}

export function drainRow(system: System, runs: readonly TimedRun[], seen: Inspection): DrainRow {
  const spread = (pick: (run: TimedRun) => number, digits: number) => spreadOf(runs.map(pick), digits);
  return {
    bench: 'drain peers',
    ...namesOf(system),
    store: runs[0]?.store ?? 'unknown',
    runs: runs.length,
    sell_ms: spread((run) => run.sellMs, 0),
    drain_ms: spread((run) => run.drainMs, 0),
    edge_cpu_s: spread((run) => run.edgeCpuSeconds, 2).median,
    hub_cpu_s: spread((run) => run.hubCpuSeconds, 2).median,
    sell_fsyncs: seen.sellSyncs,
    edge_fsyncs: seen.edgeSyncs,
    hub_fsyncs: seen.hubSyncs,
    mb_up: round(seen.bytesUp / 1e6, 1),
    load: spread((run) => run.load, 1),
  };
}

export function faultRow(system: System, fault: Fault, run: FaultRun): FaultRow {
  const { distinct, duplicated, lost, foreign } = run;
  return {
    bench: 'drain peers, faults',
    ...namesOf(system),
    fault,
    sold: SALES,
    distinct,
    duplicated,
    lost,
    foreign,
    requests: run.requests,
    answers_lost: run.lostAnswers,
    seconds: run.seconds === undefined ? null : round(run.seconds, 1),
    load: round(run.load, 1),
  };
}

function namesOf({ group, name, setting }: System) {
  return { group, system: name, setting };
}

function spreadOf(values: readonly number[], digits: number): Spread {
  return {
    median: round(median(values), digits),
    min: round(Math.min(...values), digits),
    max: round(Math.max(...values), digits),
  };
}
