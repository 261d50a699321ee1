/** The lives of one edge: processes that follow one another on the same data folder. */
import { join } from 'node:path';
import { must } from '@holdfast/base';
import type { Campaign } from './campaign.ts';
import { type EdgeChild, type ReadyEdge, spawnEdge, type ToEdge } from './edge-child.ts';
import { repeatOpen } from './sellers.ts';

export type EdgeLives = {
  /** The next process: loaded or loading, not yet told to start. */
  next(): EdgeChild;
  /** Kills those that were not taken. */
  dispose(): Promise<void>;
};

/** Keeps `ahead` processes loading while an earlier one sells; compiled modules are kept in `folder`. */
export function createEdgeLives({ folder, ahead }: { folder: string; ahead: number }): EdgeLives {
  const spawn = () => spawnEdge({ cacheFolder: join(folder, 'cache') });
  const waiting = Array.from({ length: ahead }, spawn);
  return {
    next() {
      waiting.push(spawn());
      return must(waiting.shift(), 'one was spawned just now');
    },
    async dispose() {
      await Promise.all(waiting.map((edge) => edge.kill()));
    },
  };
}

/** Starts an edge that must become ready. */
export async function mustStart(edge: EdgeChild, start: ToEdge): Promise<ReadyEdge> {
  const outcome = await edge.start(start);
  if (outcome.kind === 'ready') return outcome;
  throw new Error(`The edge did not start; it ended with ${outcome.code}: ${outcome.stderr}`);
}

/** Kills an edge; one that had ended by itself before is a finding. */
export async function killAlive({ campaign, edge }: { campaign: Campaign; edge: EdgeChild }): Promise<void> {
  const { code, stderr } = await edge.kill();
  if (code !== null) campaign.note(`an edge ended by itself with ${code}: ${stderr}`);
}

/** One more life, which repeats what is open, is stopped like a good one, and leaves its store to be read whole. */
export async function endWell(at: { campaign: Campaign; edge: EdgeChild; start: ToEdge }): Promise<void> {
  const { campaign, edge, start } = at;
  try {
    const ready = await mustStart(edge, start);
    campaign.audit();
    await repeatOpen({ url: ready.url, token: ready.apiToken, book: campaign.book });
    const { code, stderr } = await edge.stop();
    if (code !== 0) campaign.note(`the edge was stopped, and ended with ${code}: ${stderr}`);
    campaign.auditWhole();
  } finally {
    await edge.kill();
  }
}
