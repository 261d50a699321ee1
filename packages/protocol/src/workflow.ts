/** Workflows as the local API of an edge shows them, and what it takes: instances, definitions, schedules. */
import { LIMITS } from '@holdfast/base';
import { z } from 'zod';
import { Cursor, HashHex, Instant, Text, Uuid } from './common.ts';

/** Those after `compensating` are ends. */
export const WORKFLOW_STATUSES = [
  'running',
  'waiting',
  'parked',
  'paused',
  'compensating',
  'completed',
  'failed',
  'compensated',
  'compensation_failed',
  'cancelled',
] as const;
export const WorkflowStatus = z.enum(WORKFLOW_STATUSES);
export type WorkflowStatus = z.infer<typeof WorkflowStatus>;

/** Why a step or a workflow did not do what it should; `step` is a path such as `Fan/left/Charge`. */
export const WorkflowError = z.object({ code: z.string(), message: z.string(), step: z.string() });
export type WorkflowError = z.infer<typeof WorkflowError>;

/** An instance as lists show it. */
export const WorkflowRow = z.object({
  instance_id: Uuid,
  workflow_type: z.string(),
  definition_hash: HashHex,
  /** The Idempotency-Key it was started with. */
  business_key: z.string().nullable(),
  status: WorkflowStatus,
  /** Paths of the steps where it stands, with commas between them; empty at its end. */
  step: z.string(),
  /** When it goes on by itself at the latest; null: not by itself. */
  wake_at: Instant.nullable(),
  parent_id: Uuid.nullable(),
  created_at: Instant,
  updated_at: Instant,
  ended_at: Instant.nullable(),
  error: WorkflowError.nullable(),
});
export type WorkflowRow = z.infer<typeof WorkflowRow>;

/** How many are open in one status. */
export const WorkflowCount = z.object({ status: WorkflowStatus, count: z.number().int() });

/** `GET /edge/workflows`, newest first by when they were last updated. */
export const WorkflowList = z.object({
  workflows: z.array(WorkflowRow),
  open: z.array(WorkflowCount),
  next_cursor: Cursor.nullable(),
});
export type WorkflowList = z.infer<typeof WorkflowList>;

/** A field that a person or a program fills in. Lists and records are JSON. */
export const WorkflowField = z.object({
  name: z.string(),
  type: z.enum([
    'boolean',
    'integer',
    'decimal',
    'money',
    'string',
    'timestamp',
    'duration',
    'json',
    'list',
    'record',
  ]),
  optional: z.boolean(),
  /** The only texts that are allowed; null: any. */
  values: z.array(z.string()).nullable(),
});
export type WorkflowField = z.infer<typeof WorkflowField>;

/** What an instance does where it stands. */
export const WORKFLOW_DOINGS = [
  'about_to_run',
  'calling',
  'asking',
  'trying_again',
  'waiting_for_time',
  'waiting_for_signal',
  'waiting_for_workflow',
  'parked',
  'failed',
] as const;

/** One of the places where an instance stands; several while branches run beside each other. */
export const WorkflowStanding = z.object({
  step: z.string(),
  /** True on the way back: what the step did is being undone. */
  undoing: z.boolean(),
  doing: z.enum(WORKFLOW_DOINGS),
  /** When the step was begun. */
  since: Instant,
  attempt: z.number().int(),
  /** When its time is over or it is tried again; null: nothing ends it by itself. */
  due_at: Instant.nullable(),
  error: WorkflowError.nullable(),
  /** The signal it waits for. `role` null: a program sends it. */
  signal: z
    .object({
      signal: z.string(),
      role: z.string().nullable(),
      prompt: z.string().nullable(),
      fields: z.array(WorkflowField),
    })
    .nullable(),
  /** The workflow it waits for. */
  child_id: Uuid.nullable(),
  /** Whether the step can be taken for done now. */
  can_skip: z.boolean(),
});
export type WorkflowStanding = z.infer<typeof WorkflowStanding>;

/** What a line of a timeline tells. */
export const WORKFLOW_EVENTS = [
  'started',
  'done',
  'retry',
  'failed',
  'skipped',
  'parked',
  'undone',
  'not_undone',
  'no_value',
  'signal',
  'cancel',
  'pause',
  'resume',
  'redrive',
  'migrated',
  'ended',
] as const;

/** A line of the timeline. `visit` numbers the visits of steps: lines of one visit belong together. */
export const WorkflowLine = z.object({
  at: Instant,
  visit: z.number().int(),
  /** Empty for the workflow itself. */
  step: z.string(),
  what: z.enum(WORKFLOW_EVENTS),
  attempt: z.number().int(),
  /** Since the step was begun. */
  took_ms: z.number(),
  /** `api`, `staff:astrid`, `schedule:nightly`; null: nobody, it went on by itself. */
  by: z.string().nullable(),
  detail: z.string().nullable(),
});
export type WorkflowLine = z.infer<typeof WorkflowLine>;

/** `GET /edge/workflows/{id}`. */
export const WorkflowDetail = WorkflowRow.extend({
  currency: z.string(),
  /** A label of the definition for people. */
  version: z.string().nullable(),
  is_current_definition: z.boolean(),
  deadline_at: Instant.nullable(),
  state: z.record(z.string(), z.unknown()),
  standing: z.array(WorkflowStanding),
  /** What could not be undone. */
  not_undone: z.array(z.object({ step: z.string(), function: z.string(), error: WorkflowError })),
  /** Whether `redrive` would do something. */
  can_redrive: z.boolean(),
  /** The newest lines, oldest first; `timeline_before` counts those before them. */
  timeline: z.array(WorkflowLine),
  timeline_before: z.number().int(),
});
export type WorkflowDetail = z.infer<typeof WorkflowDetail>;

const Reason = Text.trim().min(1).max(500);

/** `POST /edge/workflows/{type}`, the input; and the payload of a signal. */
export const WorkflowInput = z.record(z.string(), z.unknown());
/** `POST /edge/workflows/{id}/cancel`, and `/redrive`. */
export const WorkflowReason = z.object({ reason: Reason });
/** `POST /edge/workflows/{id}/skip`: `output` is written into the state as if the step had answered it. */
export const WorkflowSkip = z.object({
  step: z.string().min(1).max(1024),
  output: WorkflowInput.default({}),
  reason: Reason,
});

/** Something that is wrong with a definition, or looks so. Lines and columns count from 1. */
export const WorkflowProblem = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  line: z.number().int(),
  column: z.number().int(),
});
export type WorkflowProblem = z.infer<typeof WorkflowProblem>;

/** A version of a definition, by the hash that names it. */
export const WorkflowDefinitionRow = z.object({
  workflow_type: z.string(),
  hash: HashHex,
  version: z.string().nullable(),
  added_at: Instant,
  /** New instances begin with it. */
  is_current: z.boolean(),
  open_instances: z.number().int(),
});
export type WorkflowDefinitionRow = z.infer<typeof WorkflowDefinitionRow>;

/** `GET /edge/workflow-definitions`. `files` are those of the folder that were refused or have warnings. */
export const WorkflowDefinitionList = z.object({
  definitions: z.array(WorkflowDefinitionRow),
  files: z.array(z.object({ file: z.string(), problems: z.array(WorkflowProblem) })),
});
export type WorkflowDefinitionList = z.infer<typeof WorkflowDefinitionList>;

/** `GET /edge/workflow-definitions/{type}`. `current` null: nothing new begins with the type. */
export const WorkflowDefinitionDetail = z.object({
  workflow_type: z.string(),
  current: z
    .object({
      hash: HashHex,
      description: z.string().nullable(),
      /** What it is started with and what its steps add. */
      fields: z.array(WorkflowField),
      /** The text it was read from. */
      source: z.string(),
    })
    .nullable(),
  versions: z.array(WorkflowDefinitionRow),
});
export type WorkflowDefinitionDetail = z.infer<typeof WorkflowDefinitionDetail>;

/** The answer to `PUT /edge/workflow-definitions/{type}`. `problems` are warnings. */
export const WorkflowLoaded = z.object({
  workflow_type: z.string(),
  hash: HashHex,
  version: z.string().nullable(),
  /** False when it was current before. */
  is_new: z.boolean(),
  problems: z.array(WorkflowProblem),
});
export type WorkflowLoaded = z.infer<typeof WorkflowLoaded>;

/** `POST /edge/workflow-definitions/{type}/migrate`. */
export const WorkflowMigrateRequest = z.object({
  dry_run: z.boolean(),
  limit: z.number().int().min(1).max(LIMITS.pageRowsMax).default(LIMITS.pageRowsDefault),
  cursor: Cursor.optional(),
});
export type WorkflowMigrateRequest = z.input<typeof WorkflowMigrateRequest>;

/** Open instances that keep to an older definition; `misfit` says why one cannot go on by the current one. */
export const WorkflowMigration = z.object({
  instances: z.array(
    z.object({
      instance_id: Uuid,
      step: z.string(),
      misfit: z.string().nullable(),
      is_moved: z.boolean(),
    }),
  ),
  next_cursor: Cursor.nullable(),
});
export type WorkflowMigration = z.infer<typeof WorkflowMigration>;

/** What starts a workflow again and again. */
export const WorkflowSchedule = z.object({
  schedule: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  workflow_type: z.string(),
  missed: z.enum(['skip', 'one', 'all']),
  overlap: z.enum(['skip', 'queue', 'cancel']),
  input: WorkflowInput,
  next_at: Instant.nullable(),
  last_at: Instant.nullable(),
  last_instance_id: Uuid.nullable(),
  /** Times that wait until the instance before them has ended. */
  queued_at: z.array(Instant),
});
export type WorkflowSchedule = z.infer<typeof WorkflowSchedule>;

/** `GET /edge/workflow-schedules`. */
export const WorkflowScheduleList = z.object({ schedules: z.array(WorkflowSchedule) });
export type WorkflowScheduleList = z.infer<typeof WorkflowScheduleList>;
