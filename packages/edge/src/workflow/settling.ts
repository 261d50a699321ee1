/** Lets whoever started a workflow wait until it has come to rest: until it has ended, or waits for something. */
import type { Timers } from '@holdfast/base';
import { ENDED, type Frame, type Status, walk } from '@holdfast/workflow';
import type { WorkflowReads } from '../store/workflow-reads.ts';

export type Settling = {
  /** Something was done to the instance, which has this status now. */
  note(instanceId: string, status: Status): void;
  /** True once it is at rest; false when `timeoutMs` pass before. */
  wait(instanceId: string, timeoutMs: number): Promise<boolean>;
};

/** Waits that are part of the work: for a workflow that it started, and before another try. */
const AT_WORK: ReadonlySet<Frame['phase']['kind']> = new Set(['child', 'backoff']);

export function createSettling({ reads, timers }: { reads: WorkflowReads; timers: Timers }): Settling {
  const waiting = new Map<string, Set<() => void>>();
  const isAtRest = (instanceId: string, status: Status) => {
    if (ENDED.has(status) || status === 'parked' || status === 'paused') return true;
    if (status !== 'waiting') return false;
    const instance = reads.instance(instanceId)?.instance;
    return instance !== undefined && !walk(instance).some(({ phase }) => AT_WORK.has(phase.kind));
  };
  return {
    note(instanceId, status) {
      const tellers = waiting.get(instanceId);
      if (tellers !== undefined && isAtRest(instanceId, status)) for (const tell of tellers) tell();
    },
    wait(instanceId, timeoutMs) {
      const status = reads.summary(instanceId)?.status;
      if (status === undefined || isAtRest(instanceId, status)) return Promise.resolve(status !== undefined);
      return new Promise((resolve) => {
        const tellers = waiting.get(instanceId) ?? new Set();
        const end = (isSettled: boolean) => {
          cancel();
          tellers.delete(tell);
          if (tellers.size === 0) waiting.delete(instanceId);
          resolve(isSettled);
        };
        const tell = () => end(true);
        const cancel = timers.after(timeoutMs, () => end(false));
        tellers.add(tell);
        waiting.set(instanceId, tellers);
      });
    },
  };
}
