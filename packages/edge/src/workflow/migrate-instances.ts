/** Lets open instances that keep to an older definition of their workflow go on by the current one. */
import { AppError, isAppError } from '@holdfast/base';
import type { Program } from '@holdfast/workflow';
import type { WorkflowReads } from '../store/workflow-reads.ts';
import type { Writer } from '../writer/writer.ts';
import { misfitOf } from './migration.ts';

/** Those after the id `afterNo` of a page before, at most `limit`; without `apply` they are only looked at. */
export type MigrationOrder = {
  apply: boolean;
  by: string | null;
  afterNo?: number | undefined;
  limit: number;
};

/** An instance under another definition: whether it can go on by the current one, and whether it does now. */
export type MigrationRow = { instance_id: string; step: string; misfit: string | null; is_moved: boolean };

/** A page of them; `next` is null on the last one. Each is moved in a commit of its own. Throws AppError `not_found`. */
export async function migrateInstances(
  workflowType: string,
  order: MigrationOrder,
  { reads, writer }: { reads: WorkflowReads; writer: Writer },
): Promise<{ rows: MigrationRow[]; next: number | null }> {
  const hash = reads.currentHash(workflowType);
  if (hash === undefined)
    throw new AppError('not_found', `There is no workflow ${workflowType}: load its definition.`);
  const program = reads.program(hash);
  const found = reads.openOnOthers(workflowType, hash, { afterNo: order.afterNo ?? 0, limit: order.limit });
  const rows: MigrationRow[] = [];
  for (const { instance_id, step } of found) {
    const stored = reads.instance(instance_id);
    if (stored === undefined) continue;
    const misfit = misfitOf(stored.instance, program) ?? null;
    const row = { instance_id, step, misfit, is_moved: false };
    const mayMove = order.apply && misfit === null;
    const { revision } = stored;
    rows.push(mayMove ? await moved(row, { revision, program, by: order.by }, writer) : row);
  }
  const last = found.length === order.limit ? found.at(-1) : undefined;
  return { rows, next: last?.instance_no ?? null };
}

async function moved(
  row: MigrationRow,
  { revision, program, by }: { revision: number; program: Program; by: string | null },
  writer: Writer,
): Promise<MigrationRow> {
  const { instance_id } = row;
  try {
    await writer.submit({
      type: 'workflow_migrate',
      ...{ instance_id, revision, definition_hash: program.hash, by },
    });
    return { ...row, is_moved: true };
  } catch (error) {
    // It has moved on meanwhile: that is no failure of the others.
    if (!isAppError(error, 'workflow_conflict')) throw error;
    return { ...row, misfit: 'it has moved on meanwhile' };
  }
}
