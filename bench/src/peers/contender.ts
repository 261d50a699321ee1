/** One system under comparison while it runs: an edge and a hub in processes of their own, and nothing else. */
import type { Child } from '../child.ts';
import type { How } from './peer-orders.ts';
import { treeOf } from './process-tree.ts';
import type { LineProxy } from './proxy.ts';

/** Where a contender keeps its files, and what stands between its edge and its hub, if anything does. */
export type Place = { folder: string; proxy: LineProxy | undefined };

export type Contender = {
  /** Where the hub keeps sales, with its version where it has one. */
  readonly store: string;
  readonly edgePid: number;
  readonly hubPid: number;
  /** Stores the sales up to number `to` at the edge with the link down; resolves with the milliseconds that took. */
  sell(to: number): Promise<number>;
  /** The link comes up. Resolves with the milliseconds until the edge knows that the hub has all. */
  drain(how: How): Promise<number>;
  /** Kills the hub, with all that it started, by SIGKILL, and starts it again on its files. */
  restartHub(): Promise<void>;
  /** The same for the edge. A drain under way rejects. */
  restartEdge(): Promise<void>;
  /** The id of each record that the hub has stored. */
  storedIds(): Promise<string[]>;
  close(): Promise<void>;
};

/** A system, in one setting. */
export type System = {
  /** `ledger` commits in PostgreSQL; `documents` keeps its own store in step with another. */
  group: 'ledger' | 'documents';
  name: string;
  setting: string;
  /** Run with faults as well as without. */
  takesFaults: boolean;
  /** True for the path of a request that carries sales. */
  isData(path: string): boolean;
  start(place: Place): Promise<Contender>;
};

/** Kills a child with all that it started, and waits for its end. */
export async function killTree(child: Pick<Child<unknown, never, unknown>, 'pid' | 'kill'>): Promise<void> {
  const started = (await treeOf(child.pid)).filter(({ pid }) => pid !== child.pid);
  await child.kill(); // First: it would mend what it sees die.
  for (const { pid } of started) killOne(pid);
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It may have ended with its parent.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
