/**
 * The drain beside other systems. Each run has new processes and new files, one system at a time; the order turns from
 * round to round, so that what the machine does besides falls on all of them.
 */
import { withFolder } from '../folder.ts';
import { writePart } from '../page.ts';
import { log } from '../report.ts';
import type { System } from './contender.ts';
import { installPeers } from './install.ts';
import { toMarkdown } from './markdown.ts';
import {
  conditionsNow,
  type DrainRow,
  drainRow,
  type FaultRow,
  faultRow,
  type PeerResults,
} from './results.ts';
import { FAULTS, inspect, runFault, runTimed, type TimedRun } from './runs.ts';
import { SYSTEMS } from './systems.ts';

/** Runs every system `rounds` times, once under strace, and three times with faults where it takes them. */
export async function benchPeers(rounds: number): Promise<PeerResults> {
  await installPeers('drain');
  return await withFolder(async (folder) => {
    const conditions = conditionsNow();
    const runs = await runRounds(rounds, folder);
    const drains: DrainRow[] = [];
    for (const system of SYSTEMS) {
      log(`${nameOf(system)}: counting what is forced to the disk`);
      drains.push(drainRow(system, runs.get(system) ?? [], await inspect(system, folder)));
    }
    const faults: FaultRow[] = [];
    for (const system of SYSTEMS.filter(({ takesFaults }) => takesFaults)) {
      for (const fault of FAULTS) {
        const row = faultRow(system, fault, await runFault(system, fault, folder));
        log(`${nameOf(system)}: ${fault}: ${JSON.stringify(row)}`);
        faults.push(row);
      }
    }
    return { conditions, drains, faults };
  });
}

/** Prints the results to stdout, as lines of JSON or as Markdown. */
export function printPeers(results: PeerResults, json: boolean): void {
  const { conditions, drains, faults } = results;
  const lines = [conditions, ...drains, ...faults].map((row) => JSON.stringify(row));
  process.stdout.write(`${json ? lines.join('\n') : toMarkdown(results)}\n`);
}

/** Puts the results into `docs/benchmarks.md`, between its markers. */
export async function writePeers(results: PeerResults): Promise<void> {
  await writePart('peers', toMarkdown(results));
}

async function runRounds(rounds: number, folder: string): Promise<Map<System, TimedRun[]>> {
  const runs = new Map<System, TimedRun[]>(SYSTEMS.map((system) => [system, []]));
  for (let number = 0; number < rounds; number += 1) {
    for (const system of turned(SYSTEMS, number)) {
      const run = await runTimed(system, folder);
      log(`round ${number + 1}: ${nameOf(system)}: ${Math.round(run.drainMs)} ms at load ${run.load}`);
      runs.get(system)?.push(run);
    }
  }
  return runs;
}

/** The same values, beginning with another one each time. */
function turned<T>(values: readonly T[], by: number): T[] {
  const at = by % values.length;
  return [...values.slice(at), ...values.slice(0, at)];
}

function nameOf({ name, setting }: System): string {
  return `${name} (${setting})`;
}
