/**
 * An instance of a workflow: where it stands and what it knows. It is JSON, and all there is: whoever holds it goes on
 * from it, after a crash as well. Nothing is replayed.
 */
import type { RetryPolicy } from '../definition/model.ts';
import type { Json, JsonObject } from '../types.ts';

/** Why a step, or a workflow, did not do what it should. */
export type StepError = {
  /** Of the function, or one of ours: `timed_out`, `no_route`, `merge_conflict`, … */
  code: string;
  message: string;
  /** Where it happened: `Fan/left/Charge`. */
  step: string;
};

/** What became of a call: its output, a failure, or that nobody knows. */
export type CallResult =
  | { kind: 'ok'; output: Json }
  /** `final`: another try would only repeat it, unless the step says of this code that it is tried again. */
  | { kind: 'failed'; code: string; message: string; final?: boolean }
  /**
   * No answer: it may have happened. `lost`: because the process that made the call has ended. `final`, of a question
   * alone: nobody will ever be able to say, so that it is not asked again.
   */
  | { kind: 'unknown'; message: string; lost?: true; final?: true };

/** What the step at which a frame stands is doing. */
export type Phase =
  | { kind: 'ready' }
  /** Its intent is committed, by the process `boot`. `query`: it is the question what became of the call. */
  | { kind: 'calling'; called_ms: number; query: boolean; boot: string }
  | { kind: 'answered'; called_ms: number; query: boolean; result: CallResult }
  /** `query`: it is the question that is asked again. */
  | { kind: 'backoff'; due_ms: number; query: boolean; error: StepError }
  | { kind: 'timer'; due_ms: number }
  | { kind: 'signal'; due_ms: number | null }
  | { kind: 'signalled'; payload: JsonObject; by: string | null }
  /** `due_ms` is when it is called off. */
  | { kind: 'child'; instance_id: string; due_ms: number | null }
  | { kind: 'child_ended'; status: Status; state: JsonObject; error: StepError | null; due_ms: number | null }
  /** In the blocks below; `due_ms` is when they must have ended. */
  | { kind: 'inside'; due_ms: number | null }
  /** Nobody knows what became of a call, and a person must say. */
  | { kind: 'parked'; error: StepError }
  | { kind: 'failed'; error: StepError };

/** A place in a block: the workflow, a branch, or the body of a loop. */
export type Frame = {
  /** As in `Program.blocks`. */
  block: string;
  /** The step it stands at, or END. */
  at: string;
  phase: Phase;
  /** Numbers the visits of steps within the instance: with it a call is named. */
  visit: number;
  /** Tries that were begun in this visit. */
  attempt: number;
  /** When the visit began. */
  began_ms: number;
  /** A call of this visit has happened, or nobody knows: should the step fail, what undoes it is run. */
  may_have_happened: boolean;
  /** Variables that this block adds. */
  locals: JsonObject;
  /** What a branch has written; null where writing goes through to the block above. */
  delta: JsonObject | null;
  /** LOOP: its body. PARALLEL: its branches. */
  below: Frame[];
  /** LOOP and PARALLEL over a list: the list, and how many of it have been begun. */
  items: readonly Json[];
  index: number;
};

/** A step that is done and can be undone; `input` is what the function that undoes it is given. */
export type Undoable = {
  visit: number;
  /** Of the call that is undone; the call that undoes it is named by it. */
  key: string;
  step: string;
  function: string;
  retry: RetryPolicy;
  input: JsonObject;
  /** Nobody knows whether the call happened, or its output is not in `input`. */
  in_doubt: boolean;
};

/** The way back. */
export type Unwinding = {
  why: 'failed' | 'cancelled';
  /** What was undone; its last is under way while `frame` is there. */
  undone: number;
  /** The compensation that is under way, if one is. */
  frame: Frame | null;
  failed: { undoable: Undoable; error: StepError }[];
};

/**
 * Ended: `completed`, `failed` (nothing had to be undone), `compensated` (everything was), `compensation_failed` (not
 * everything could be), `cancelled`. `parked`: a person must say what became of a call.
 */
export type Status =
  | 'running'
  | 'waiting'
  | 'parked'
  | 'paused'
  | 'compensating'
  | 'completed'
  | 'failed'
  | 'compensated'
  | 'compensation_failed'
  | 'cancelled';

/** Statuses from which nothing goes on by itself, ever. */
export const ENDED: ReadonlySet<Status> = new Set([
  'completed',
  'failed',
  'compensated',
  'compensation_failed',
  'cancelled',
]);

/** A signal that came before it was waited for. */
export type Mail = {
  signal: string;
  payload: JsonObject;
  by: string | null;
  /** Of whoever sent it; null: a program. */
  roles: readonly string[] | null;
};

export type Instance = {
  instance_id: string;
  workflow_type: string;
  /** Of the definition it keeps to. */
  definition_hash: string;
  /** Names it among those of its type, for whoever starts it twice. */
  business_key: string | null;
  /** ISO 4217 code of its money. */
  currency: string;
  status: Status;
  state: JsonObject;
  /** At most what `state` takes as JSON, in bytes. */
  state_bytes: number;
  /** At most what lists that are gone through, and what can be undone, take as JSON beside it. */
  held_bytes: number;
  frame: Frame;
  done: Undoable[];
  unwinding: Unwinding | null;
  /** Asked to end; calls under way are waited for first. */
  stopping: { why: 'failed' | 'cancelled'; error: StepError } | null;
  is_paused: boolean;
  mail: Mail[];
  visits: number;
  error: StepError | null;
  parent: { instance_id: string; visit: number } | null;
  depth: number;
  created_ms: number;
  updated_ms: number;
  deadline_ms: number | null;
};
