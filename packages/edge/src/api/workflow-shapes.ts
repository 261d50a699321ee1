/** Workflows on the wire: times are instants, fields are lists. */
import type {
  WorkflowDefinitionRow,
  WorkflowDetail,
  WorkflowField,
  WorkflowLine,
  WorkflowRow,
  WorkflowSchedule,
  WorkflowStanding,
} from '@holdfast/protocol';
import type { Fields, Standing, StepRecord } from '@holdfast/workflow';
import type { InstanceSummary, StoredDefinition, StoredSchedule } from '../store/workflow-reads.ts';
import type { InstanceDetail, Workflows } from '../workflow/workflows.ts';

/** Lines of a timeline that are shown, the newest ones. */
const LINES_MAX = 1_000;

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}

export function rowOf(summary: InstanceSummary): WorkflowRow {
  const { instance_id, workflow_type, definition_hash, business_key, status, step, parent_id } = summary;
  return {
    ...{ instance_id, workflow_type, definition_hash, business_key, status, step, parent_id },
    wake_at: instantOrNull(summary.wake_ms),
    created_at: instant(summary.created_ms),
    updated_at: instant(summary.updated_ms),
    ended_at: instantOrNull(summary.ended_ms),
    error: summary.error,
  };
}

/** Statuses of which `redrive` makes something. */
const REDRIVEN: ReadonlySet<string> = new Set(['failed', 'parked', 'compensation_failed']);

export function detailOf(
  { summary, instance, standings, timeline }: InstanceDetail,
  workflows: Workflows,
): WorkflowDetail {
  const { definition } = workflows.program(summary.definition_hash);
  const isCurrent = ({ hash, is_current }: StoredDefinition) =>
    is_current && hash === summary.definition_hash;
  return {
    ...rowOf(summary),
    currency: instance.currency,
    version: definition.workflow_version,
    is_current_definition: workflows.definitions().some(isCurrent),
    deadline_at: instantOrNull(instance.deadline_ms),
    state: instance.state,
    standing: standings.map(standingOf),
    not_undone: (instance.unwinding?.failed ?? []).map(({ undoable, error }) => ({
      step: undoable.step,
      function: undoable.function,
      error,
    })),
    can_redrive: REDRIVEN.has(summary.status),
    timeline: timeline.slice(-LINES_MAX).map(lineOf),
    timeline_before: Math.max(0, timeline.length - LINES_MAX),
  };
}

function standingOf(standing: Standing): WorkflowStanding {
  const { step, isUndoing, doing, began_ms, attempt, due_ms, error, asked, child_id, canSkip } = standing;
  return {
    ...{ step, undoing: isUndoing, doing, attempt, error, child_id, can_skip: canSkip },
    since: instant(began_ms),
    due_at: instantOrNull(due_ms),
    signal: asked === null ? null : { ...asked, fields: fieldsOf(asked.fields) },
  };
}

/** Fields by name, those that must be there first. */
export function fieldsOf(fields: Fields): WorkflowField[] {
  const all = Object.entries(fields).map(([name, field]) => ({
    name,
    type: field.type,
    optional: field.optional === true,
    values: field.type === 'string' && field.values !== undefined ? [...field.values] : null,
  }));
  return all.sort((a, b) => Number(a.optional) - Number(b.optional) || (a.name < b.name ? -1 : 1));
}

function lineOf({ at_ms, ...line }: StepRecord): WorkflowLine {
  return { at: instant(at_ms), ...line };
}

export function definitionRowOf({ added_ms, ...row }: StoredDefinition): WorkflowDefinitionRow {
  return { ...row, added_at: instant(added_ms) };
}

export function scheduleOf({
  order,
  next_ms,
  last_ms,
  last_instance,
  queue,
}: StoredSchedule): WorkflowSchedule {
  return {
    ...order,
    next_at: instantOrNull(next_ms),
    last_at: instantOrNull(last_ms),
    last_instance_id: last_instance,
    queued_at: queue.map(instant),
  };
}
