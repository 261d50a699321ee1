/** What can happen to an instance, and what it asks for in turn. Both are plain data. */
import type { StepType } from '../definition/model.ts';
import type { JsonObject } from '../types.ts';
import type { CallResult, Status, StepError } from './instance.ts';

/** Something that happened. An event that comes twice, or too late, changes nothing. */
export type InstanceEvent =
  /** It begins, or there is more to do than fits one commit. */
  | { kind: 'continue' }
  /** The process was started anew: what another one has called has no answer. */
  | { kind: 'recover' }
  | { kind: 'result'; visit: number; attempt: number; result: CallResult }
  /** Its time has come. */
  | { kind: 'due' }
  /** `roles` null: a program that may send any. */
  | {
      kind: 'signal';
      signal: string;
      payload: JsonObject;
      by: string | null;
      roles: readonly string[] | null;
    }
  /** Another workflow that it started has ended. */
  | { kind: 'child'; instance_id: string; status: Status; state: JsonObject; error: StepError | null }
  | { kind: 'cancel'; by: string | null; reason: string }
  | { kind: 'pause'; by: string | null }
  | { kind: 'resume'; by: string | null }
  /** Tries again what failed, what is parked, or what could not be undone. */
  | { kind: 'redrive'; by: string | null; reason: string }
  /** Takes a step for done that is parked, or waits. */
  | { kind: 'skip'; step: string; output: JsonObject; by: string | null; reason: string };

/** A call to be made, once the commit that asks for it stands. */
export type Call = {
  visit: number;
  attempt: number;
  /** The same for every try of the visit: whoever is called tells repeats by it. A UUID. */
  key: string;
  /** Of a call that this one undoes, when nobody knows whether that happened: whoever is called may look. */
  undoes: string | null;
  /** Ask what became of the call instead of making it. */
  query: boolean;
  what: CallTarget;
  /** Of this try, in milliseconds; null: none. */
  timeout_ms: number | null;
};

/** Where a call goes. `block` and `step` say where its templates stand. */
export type CallTarget =
  | { kind: 'function'; function: string; input: JsonObject }
  | {
      kind: 'step';
      type: Extract<StepType, 'HTTP' | 'AI_INFERENCE' | 'WASM'>;
      block: string;
      step: string;
      state: JsonObject;
      locals: JsonObject;
      now_ms: number;
    };

/** A line of the timeline. */
export type StepRecord = {
  at_ms: number;
  visit: number;
  /** Path of the step: `Fan/left/Charge`; empty for the workflow. */
  step: string;
  what:
    | 'started'
    | 'done'
    | 'retry'
    | 'failed'
    | 'skipped'
    | 'parked'
    | 'undone'
    | 'not_undone'
    | 'no_value'
    | 'signal'
    | 'cancel'
    | 'pause'
    | 'resume'
    | 'redrive'
    | 'migrated'
    | 'ended';
  attempt: number;
  /** From the begin of the step. */
  took_ms: number;
  by: string | null;
  detail: string | null;
};

/** An instance that a step starts. */
export type Spawn = {
  instance_id: string;
  workflow_type: string;
  business_key: string | null;
  input: JsonObject;
  currency: string;
  parent: { instance_id: string; visit: number } | null;
  depth: number;
};

/** A schedule that a step makes or replaces. */
export type ScheduleOrder = {
  schedule: string;
  cron: string;
  time_zone: string;
  workflow_type: string;
  input: JsonObject;
  missed: 'skip' | 'one' | 'all';
  overlap: 'skip' | 'queue' | 'cancel';
};
