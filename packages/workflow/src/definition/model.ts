/**
 * A definition as it is after reading: every default filled in, every name resolved. It is JSON; the SHA-256 of its
 * canonical form names it, and an instance keeps to the one it began with.
 */
import type { Fields, Json } from '../types.ts';

/** Ends the block that the step stands in. */
export const END = 'END';

/** How often and when a step is tried again. Times are milliseconds. */
export type RetryPolicy = {
  /** Tries in all, 1 to 100. */
  attempts: number;
  initial_ms: number;
  /** Each wait is so many times the one before, at most `max_ms`. */
  multiplier: number;
  max_ms: number;
  /** Takes away up to this share of each wait, at random: 0 to 1. */
  jitter: number;
  /** Failure codes that are tried again; empty: all that are not given up on. */
  retry_on: readonly string[];
  /** Failure codes that end it at once. */
  give_up_on: readonly string[];
};

/** What to do when nobody knows whether an external call happened. */
export type OnUnknown = 'query' | 'retry' | 'compensate' | 'park';

type StepBase = {
  name: string;
  description: string | null;
  /** Where to go afterwards: a step of the same block, or {@link END}. Resolved: the next in the file unless it says so. */
  next: string;
  /** Where to go instead of failing, once the step is given up; null: the workflow fails. */
  on_failure: string | null;
  retry: RetryPolicy;
  /** Of one attempt; null: none. */
  timeout_ms: number | null;
  /** Of the step with all its attempts; null: none. */
  deadline_ms: number | null;
  /** Undoes the step when the workflow fails later; null: there is nothing to undo. */
  compensate: { function: string; retry: RetryPolicy } | null;
};

/** Runs a function. Its output goes into the state, under `output_key` if there is one. */
export type FunctionStep = StepBase & {
  type: 'STANDARD';
  function: string;
  /** Input by name, each an expression; what is not named is taken from the field of the state with the same name. */
  input: Readonly<Record<string, string>>;
  output_key: string | null;
  on_unknown: OnUnknown;
};

/** The first route whose condition holds. `default_target` null: no route is a failure, `no_route`. */
export type DecisionStep = StepBase & {
  type: 'DECISION';
  routes: readonly { condition: string; target: string }[];
  default_target: string | null;
};

/** Texts may hold `{{expression}}` and `{{secrets.NAME}}`. */
export type HttpStep = StepBase & {
  type: 'HTTP';
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** JSON whose texts are templates; null: no body. */
  body: Json;
  /** Where the answer goes in the state. */
  output_key: string;
  includes: readonly ('body' | 'status_code' | 'headers')[];
  on_unknown: OnUnknown;
};

/** How branches come together when two wrote the same field. */
export type MergeConflict = 'error' | 'first' | 'last';

/** Named branches, or one branch for each item of a list. */
export type ParallelStep = StepBase & {
  type: 'PARALLEL';
  branches:
    | { kind: 'named'; branches: readonly { name: string; steps: readonly Step[] }[] }
    | { kind: 'each'; over: string; item: string; at_once: number; steps: readonly Step[] };
  merge: 'shallow' | 'deep' | 'append';
  conflict: MergeConflict;
  /** Goes on when a branch has failed; otherwise the step fails with it once all others have ended. */
  allow_partial: boolean;
};

/** Runs its body for each item of a list, or while a condition holds; never more than `max_iterations` times. */
export type LoopStep = StepBase & {
  type: 'LOOP';
  mode: { kind: 'iterate'; over: string; item: string } | { kind: 'while'; condition: string };
  max_iterations: number;
  steps: readonly Step[];
};

/** Waits for a time: so long, or until an instant that an expression gives. */
export type WaitStep = StepBase & {
  type: 'WAIT';
  wait: { kind: 'for'; ms: number } | { kind: 'until'; at: string };
};

/** Waits for a signal: of a person with a role, or of a program (`role` null). */
export type HumanStep = StepBase & {
  type: 'HUMAN_IN_LOOP';
  signal: string;
  /** What is asked, for people; a template. */
  prompt: string | null;
  role: string | null;
  /** What the signal must carry; it goes into the state, under `output_key` if there is one. */
  fields: Fields;
  output_key: string | null;
  /** How long; null: for ever. */
  wait_ms: number | null;
  /** Where to go then; null: the step fails with `timed_out`. */
  on_timeout: string | null;
};

/** Starts another workflow; a SUB_WORKFLOW waits for it. `input` are expressions by field of its state. */
export type SubWorkflowStep = StepBase & {
  type: 'SUB_WORKFLOW' | 'FIRE_AND_FORGET';
  workflow_type: string;
  input: Readonly<Record<string, string>>;
  /** Where the final state of the other goes; a SUB_WORKFLOW alone. */
  output_key: string | null;
};

/** Makes or replaces a schedule of the store: it starts a workflow again and again. */
export type CronStep = StepBase & {
  type: 'CRON_SCHEDULE';
  /** Its name; a template. */
  schedule: string;
  cron: string;
  /** IANA name. */
  time_zone: string;
  workflow_type: string;
  input: Readonly<Record<string, string>>;
  /** What becomes of times that passed while nothing ran. */
  missed: 'skip' | 'one' | 'all';
  /** What becomes of a time that comes while the one before still runs. */
  overlap: 'skip' | 'queue' | 'cancel';
};

/** Asks a model; an external effect of a plug-in. */
export type InferenceStep = StepBase & {
  type: 'AI_INFERENCE';
  model: string;
  runtime: string;
  /** An expression: what the model is given. */
  input: string;
  preprocess: 'none' | 'normalize' | 'resize';
  postprocess: 'none' | 'softmax' | 'threshold' | 'argmax';
  threshold: number | null;
  output_key: string;
  on_error: 'fail' | 'skip' | 'default';
  default_result: Json;
};

/** Runs a WebAssembly module with JSON in and out; an effect of a plug-in. */
export type WasmStep = StepBase & {
  type: 'WASM';
  /** SHA-256 of the module, hexadecimal. */
  module: string;
  entrypoint: string;
  /** Input by name, each an expression. */
  input: Readonly<Record<string, string>>;
  output_key: string | null;
  on_error: 'fail' | 'skip' | 'default';
  default_result: Json;
};

export type Step =
  | FunctionStep
  | DecisionStep
  | HttpStep
  | ParallelStep
  | LoopStep
  | WaitStep
  | HumanStep
  | SubWorkflowStep
  | CronStep
  | InferenceStep
  | WasmStep;

export type StepType = Step['type'];

/** A workflow. */
export type Definition = {
  /** Version of this form. */
  v: 1;
  workflow_type: string;
  /** A label for people; the hash is what counts. */
  workflow_version: string | null;
  description: string | null;
  /** What an instance is started with and what its steps add; a field that only steps add is optional. */
  state: Fields;
  /** From start to end; null: none. */
  deadline_ms: number | null;
  /** Whether what was done is undone when it fails. */
  saga: boolean;
  steps: readonly Step[];
};

/** Something that is wrong with a definition, or looks so. Lines and columns count from 1. */
export type Problem = {
  severity: 'error' | 'warning';
  /** Short and stable: `unknown_target`. */
  code: string;
  /** A sentence that says what to do. */
  message: string;
  line: number;
  column: number;
};
