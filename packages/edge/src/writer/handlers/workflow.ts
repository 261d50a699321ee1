/** Carries out orders about workflows: the cursor moves in the same commit as what local functions wrote. */
import { AppError, isAppError, must } from '@holdfast/base';
import { handle, type Instance, type Json, type LocalCall, StepFailure } from '@holdfast/workflow';
import Database from 'better-sqlite3-multiple-ciphers';
import type { Db } from '../../store/open.ts';
import { opIdBytes } from '../../store/transactions.ts';
import {
  moveSchedule,
  pruneEndedWorkflows,
  putCurrentDefinition,
  removeSchedule,
  retireType,
} from '../../store/workflow-admin.ts';
import { createInstanceRows, type InstanceRows } from '../../store/workflows.ts';
import { nextDueMs } from '../../workflow/cron.ts';
import type { InsideUse } from '../../workflow/functions/function.ts';
import { misfitOf } from '../../workflow/migration.ts';
import type {
  Results,
  WorkflowCommand,
  WorkflowDefinitionCommand,
  WorkflowMigrateCommand,
  WorkflowPruneCommand,
  WorkflowResult,
  WorkflowScheduleCommand,
} from '../commands.ts';
import type { Transaction } from '../transaction.ts';

/** Carries out an order; throws what `handle` throws. */
export function carryOut(tx: Transaction, { order, online }: WorkflowCommand): WorkflowResult {
  const rows = rowsOf(tx);
  const { nowMs, boot, functions } = tx.workflow;
  let sales = 0;
  const noteSale = () => {
    sales += 1;
  };
  const runLocal = (call: LocalCall) => runInside(call, { tx, call, nowMs, online, noteSale });
  const { random } = tx.ports;
  const handled = handle(order, { store: rows, functions: functions.table, runLocal, nowMs, random, boot });
  return { handled, sales, revision: rows.revisionOf(handled.instance_id) };
}

function rowsOf(tx: Transaction): InstanceRows {
  const { nowMs, programs } = tx.workflow;
  return createInstanceRows(tx.statements.workflow, { programs, nextMs: (order) => nextDueMs(order, nowMs) });
}

/** A pure function writes nothing; a local one leaves nothing behind when it fails. */
function runInside(call: LocalCall, use: InsideUse): Json {
  const { spec, run } = must(
    use.tx.workflow.functions.inside.get(call.function),
    `${call.function} runs in the store`,
  );
  try {
    return spec.effect === 'pure' ? run(call.input, use) : use.tx.part(() => run(call.input, use));
  } catch (error) {
    throw failureOf(error, call);
  }
}

/**
 * What a function throws. An error of the store is that of the whole commit, which did not happen. What it refuses for
 * good is a failure of the step; anything else is a defect of the function, with which the step fails as well.
 */
function failureOf(error: unknown, call: LocalCall): unknown {
  if (error instanceof StepFailure || error instanceof Database.SqliteError) return error;
  if (isAppError(error)) {
    const isRefusal = error.retry === 'never' && error.status < 500;
    return isRefusal ? new StepFailure(error.code, error.message) : error;
  }
  const text = error instanceof Error ? error.message : String(error);
  return new StepFailure('function_threw', `${call.function} threw: ${text}`);
}

/** True when what a command answered is in the store: the commit that seemed to fail has happened. */
export function findHandled(db: Db, { handled, revision }: WorkflowResult): boolean {
  const found = db
    .prepare('SELECT revision FROM workflow_instance WHERE instance_id = ?')
    .pluck()
    .get(opIdBytes(handled.instance_id));
  return typeof found === 'number' && found >= revision;
}

/** Keeps a definition and makes it current; or lets nothing begin with its type. */
export function putDefinition(tx: Transaction, command: WorkflowDefinitionCommand): null {
  const { workflow_type: workflowType, definition } = command;
  if (definition === null) retireType(tx.db, workflowType);
  else putCurrentDefinition(tx.db, { workflowType, definition, nowMs: tx.nowMs });
  return null;
}

export function noteSchedule(tx: Transaction, command: WorkflowScheduleCommand): null {
  const { schedule, next_ms: nextMs, last, queue } = command;
  if (nextMs === undefined) removeSchedule(tx.db, schedule);
  else moveSchedule(tx.db, { schedule, nextMs, last, queue });
  return null;
}

/**
 * Lets an instance go on by another definition. Throws AppError `not_found`; `workflow_conflict` when it has moved on
 * since it was looked at, or does not fit.
 */
export function migrateInstance(tx: Transaction, command: WorkflowMigrateCommand): null {
  const rows = rowsOf(tx);
  const instance = rows.load(command.instance_id);
  if (instance === undefined) throw new AppError('not_found', `There is no workflow ${command.instance_id}.`);
  const program = rows.program(command.definition_hash);
  const misfit =
    rows.revisionOf(command.instance_id) === command.revision
      ? misfitOf(instance, program)
      : 'it has moved on meanwhile';
  if (misfit !== undefined)
    throw new AppError('workflow_conflict', `The workflow ${command.instance_id} stays as it is: ${misfit}.`);
  const before = shortHash(instance);
  // When it was last looked at stays: what has fallen due since is still to be done.
  instance.definition_hash = program.hash;
  rows.save(instance);
  const detail = `${before} → ${shortHash(instance)}`;
  const about = { visit: 0, step: '', attempt: 0, took_ms: 0, by: command.by, detail };
  rows.append(instance, [{ at_ms: tx.workflow.nowMs, what: 'migrated', ...about }]);
  return null;
}

/** As lists show it. */
function shortHash({ definition_hash }: Instance): string {
  return definition_hash.slice(0, 12);
}

export function pruneWorkflows(tx: Transaction, command: WorkflowPruneCommand): Results['workflow_prune'] {
  return pruneEndedWorkflows(tx.db, command.before_ms);
}
