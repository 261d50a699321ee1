/** What every part of a simulated world shares: its queue, its draws, and who watches. */
import type { Logger } from '@holdfast/runtime';
import type { Plan } from './plan.ts';
import type { RandomFor } from './randomness.ts';
import type { Scheduler } from './scheduler.ts';
import type { Observer } from './sometimes.ts';
import type { Trace } from './trace.ts';

export type World = {
  scheduler: Scheduler;
  randomFor: RandomFor;
  plan: Plan;
  observer: Observer;
  trace: Trace;
  /** Where all its files are. */
  folder: string;
  faults: { haveBegun: boolean };
  /** False before the faults begin, and once they have stopped. */
  isFaulty(): boolean;
  /** The log of a process; what it says is looked at, and shown with the trace. */
  logger(node: string): Logger;
};
