/**
 * Looks for instances that nothing moves although nothing is to be waited for, and for those that wait for a person to
 * say what became of a call. What it finds is told in the log once, in the status, and in the metrics.
 */
import type { Ports, Service } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { Program, Step } from '@holdfast/workflow';
import type { InstanceSummary, WorkflowReads } from '../store/workflow-reads.ts';

export type WorkflowWatch = Service & {
  /** Looks now. */
  look(): void;
  /** Instances that are stuck, the longest first; a bounded number of them. */
  readonly stuck: readonly InstanceSummary[];
  /** What a person must do; undefined while there is nothing. */
  readonly attention: string | undefined;
};

type Options = { reads: WorkflowReads; nowMs(): number; ports: Ports; logger: Logger };

const LOOK_MS = 60_000;
/** Nothing that moved since counts as stuck. */
const SOON_MS = 60_000;
/** Without a time-out of a step there is no better measure. */
const LONG_MS = 15 * 60_000;
/** Tries of a step take longer than one. */
const TIMEOUTS = 10;
const FOUND_MAX = 200;

export function createWorkflowWatch({ reads, nowMs, ports, logger }: Options): WorkflowWatch {
  let stuck: readonly InstanceSummary[] = [];
  let parked = 0;
  const look = () => {
    const atMs = nowMs();
    const told = new Set(stuck.map(({ instance_id }) => instance_id));
    const unmoved = reads.unmoved({ updatedMs: atMs - SOON_MS, wakeMs: atMs - LONG_MS, limit: FOUND_MAX });
    stuck = unmoved.filter((each) => atMs - each.updated_ms > patienceMs(each, reads));
    parked = reads.countOpen().find(({ status }) => status === 'parked')?.count ?? 0;
    for (const { instance_id, workflow_type, step } of stuck)
      if (!told.has(instance_id)) logger.warn({ instance_id, workflow_type, step }, 'a workflow is stuck');
  };
  return {
    name: 'workflow watch',
    look,
    get stuck() {
      return stuck;
    },
    get attention() {
      const [first] = stuck;
      if (first !== undefined)
        return `${stuck.length} workflows are stuck, ${first.workflow_type} ${first.instance_id} at ${first.step} for the longest: look at the log of the edge.`;
      if (parked === 0) return undefined;
      return `${parked} workflows wait for a person to say what became of a call: tell them to try again, or to skip it.`;
    },
    async run(signal) {
      while (!signal.aborted) {
        look();
        await ports.timers.sleep(LOOK_MS, signal);
      }
    },
  };
}

function patienceMs({ definition_hash }: InstanceSummary, reads: WorkflowReads): number {
  const longestMs = longestTimeoutMs(reads.program(definition_hash));
  return longestMs === 0 ? LONG_MS : Math.max(SOON_MS, TIMEOUTS * longestMs);
}

function longestTimeoutMs({ blocks }: Program): number {
  const steps = [...blocks.values()].flatMap((block): Step[] => [...block.steps.values()]);
  return steps.reduce((longest, { timeout_ms }) => Math.max(longest, timeout_ms ?? 0), 0);
}
