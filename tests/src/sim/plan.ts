/**
 * What a seed draws before its world begins: how large the world is, which kinds of faults exist in it, and how often
 * they strike. Not every kind in every seed: faults hide each other, and what one of them alone does would never be seen.
 */
import type { Seeded } from '../support/seeded.ts';

export const FAULTS = [
  'archive',
  'clock',
  'clone_disk',
  'crash',
  'cut',
  'delay',
  'disk_full',
  'doubt',
  'duplicate',
  'hub_crash',
  'hub_doubt',
  'lose',
  'nonsense',
  'repeat',
  'restore_disk',
  'restore_hub',
  'revoke',
  'suspend',
  'truncate',
] as const;

export type Fault = (typeof FAULTS)[number];

export type Plan = {
  edges: number;
  tillsAtEach: number;
  /** How long faults strike and tills sell. */
  activeMs: number;
  /** Mean time between two sales of a till. */
  saleEveryMs: number;
  /** Workflows that are started, more or less; 0: this world has none. */
  workflows: number;
  /** How hard each kind strikes: 0 for not at all, 1 at most. */
  rates: Record<Fault, number>;
  /** Commands that may wait for the writer of an edge. */
  writerQueueMax: number;
  batchEntriesFirst: number;
  batchEntriesMax: number;
  pollSeconds: number;
  /** 0: what may be pruned goes at once. */
  retentionDays: number;
};

/** Part of the seeds that know a kind of fault. */
const KNOWN = 0.4;
/** Part of the seeds in which disks and databases are put back while processes are killed, and kinds known to all of them. */
const HARD_DAY = 0.2;
const OF_A_HARD_DAY: ReadonlySet<Fault> = new Set(['crash', 'restore_disk', 'restore_hub']);
/** Sales that a world makes, more or less. */
const SALES = 105;
/** Workflows that a world starts which has any. */
const WORKFLOWS = 7;

/** What `seed` draws from `random`. Every second world has workflows beside its sales. */
export function drawPlan(random: Seeded, seed: number): Plan {
  // Small worlds are cheap, and most of what can happen between two machines happens in them.
  const edges = Math.min(random.int(3, 8), random.int(3, 8));
  const tillsAtEach = random.int(1, 4);
  const activeMs = random.int(60, 220) * 1_000;
  const isHardDay = random.chance(HARD_DAY);
  const known = (fault: Fault) => (isHardDay && OF_A_HARD_DAY.has(fault) ? 1 : KNOWN);
  const rates = Object.fromEntries(
    FAULTS.map((fault) => [fault, random.chance(known(fault)) ? 0.1 + 0.9 * random.unit() : 0]),
  );
  return {
    edges,
    tillsAtEach,
    activeMs,
    saleEveryMs: (activeMs * edges * tillsAtEach) / SALES,
    workflows: seed % 2 === 1 ? WORKFLOWS : 0,
    rates: rates as Plan['rates'], // Made of the table's names.
    writerQueueMax: random.pick([3, 8, 64]),
    batchEntriesFirst: random.pick([1, 4, 16]),
    batchEntriesMax: random.pick([4, 16, 200]),
    pollSeconds: random.pick([10, 20, 40]),
    retentionDays: random.pick([0, 30]),
  };
}
