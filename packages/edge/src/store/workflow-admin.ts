/** Rows of workflows that change seldom: definitions, schedules, and what is old enough to go. */
import type { Db } from './open.ts';
import { opIdBytes } from './transactions.ts';

/** Instances pruned in one commit: sales wait for so many, some milliseconds. */
export const WORKFLOW_PRUNE_CHUNK = 100;
/** Rows of their timelines removed in one commit: an instance that went round for long has tens of thousands. */
export const WORKFLOW_PRUNE_LINES = 2_000;

/** A definition to keep; `canonical` is its canonical JSON, `source` what was read. */
export type NewDefinition = { hash: string; version: string | null; canonical: string; source: string };

/** Keeps a definition, which new instances of its type begin with from now on. */
export function putCurrentDefinition(
  db: Db,
  it: { workflowType: string; definition: NewDefinition; nowMs: number },
): void {
  const { hash, version, canonical, source } = it.definition;
  const key = Buffer.from(hash, 'hex');
  db.prepare(
    `INSERT INTO workflow_definition (hash, workflow_type, version, canonical, source, added_ms)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET source = excluded.source`,
  ).run(key, it.workflowType, version, canonical, source, it.nowMs);
  db.prepare(
    `INSERT INTO workflow_current (workflow_type, hash) VALUES (?, ?)
     ON CONFLICT (workflow_type) DO UPDATE SET hash = excluded.hash`,
  ).run(it.workflowType, key);
}

/** Lets nothing begin with a type any more; its instances go on, and its definitions stay. */
export function retireType(db: Db, workflowType: string): void {
  db.prepare('DELETE FROM workflow_current WHERE workflow_type = ?').run(workflowType);
}

/** Records what became of the times of a schedule; one that was removed meanwhile stays so. */
export function moveSchedule(
  db: Db,
  it: {
    schedule: string;
    nextMs: number | null;
    last: { due_ms: number; instance_id: string } | undefined;
    queue: readonly number[];
  },
): void {
  db.prepare(
    `UPDATE workflow_schedule SET next_ms = ?, queue = ?, last_ms = coalesce(?, last_ms),
       last_instance = coalesce(?, last_instance) WHERE schedule = ?`,
  ).run(
    it.nextMs,
    JSON.stringify(it.queue),
    it.last?.due_ms ?? null,
    it.last === undefined ? null : opIdBytes(it.last.instance_id),
    it.schedule,
  );
}

export function removeSchedule(db: Db, schedule: string): void {
  db.prepare('DELETE FROM workflow_schedule WHERE schedule = ?').run(schedule);
}

const PRUNABLE = `SELECT instance_no FROM workflow_instance WHERE updated_ms < ? AND ended_ms IS NOT NULL LIMIT ?`;

/** Whether an instance ended before `beforeMs`. */
export function hasPrunableWorkflows(db: Db, beforeMs: number): boolean {
  return db.prepare(PRUNABLE).get(beforeMs, 1) !== undefined;
}

/**
 * Removes instances that ended before `beforeMs`, at most {@link WORKFLOW_PRUNE_CHUNK}, with their timelines; of those
 * at most {@link WORKFLOW_PRUNE_LINES} rows, and what is left of the last one the next time. Returns how many of each went.
 */
export function pruneEndedWorkflows(db: Db, beforeMs: number): { pruned: number; lines: number } {
  const numbers = db.prepare(PRUNABLE).pluck().all(beforeMs, WORKFLOW_PRUNE_CHUNK);
  const records = db.prepare(
    `DELETE FROM workflow_record WHERE instance_no = ? AND record_no IN
       (SELECT record_no FROM workflow_record WHERE instance_no = ? ORDER BY record_no LIMIT ?)`,
  );
  const instance = db.prepare('DELETE FROM workflow_instance WHERE instance_no = ?');
  let [pruned, lines] = [0, 0];
  for (const number of numbers) {
    lines += records.run(number, number, WORKFLOW_PRUNE_LINES - lines).changes;
    if (lines === WORKFLOW_PRUNE_LINES) break;
    instance.run(number);
    pruned += 1;
  }
  return { pruned, lines };
}
