/**
 * Rows of workflows as the writer needs them, within its transaction. An instance is one row, written over at each
 * commit that moves it; what happened in that commit is one row of its timeline.
 */
import { AppError, must } from '@holdfast/base';
import {
  ENDED,
  type Instance,
  type InstanceStore,
  type Program,
  type ScheduleOrder,
  type Started,
  type StepRecord,
  wakeMs,
} from '@holdfast/workflow';
import type { Statement } from 'better-sqlite3-multiple-ciphers';
import type { Programs } from '../workflow/programs.ts';
import { standingAt } from '../workflow/standing.ts';
import type { Db } from './open.ts';
import { opIdBytes, opIdText } from './transactions.ts';

/** The statements of workflows, prepared once a connection. */
export type WorkflowStatements = {
  findById: Statement;
  findByKey: Statement;
  load: Statement;
  insert: Statement;
  save: Statement;
  addRecords: Statement;
  canonical: Statement;
  current: Statement;
  putSchedule: Statement;
};

export function prepareWorkflowStatements(db: Db): WorkflowStatements {
  return {
    findById: db.prepare('SELECT instance_id, input_hash FROM workflow_instance WHERE instance_id = ?'),
    findByKey: db.prepare(
      'SELECT instance_id, input_hash FROM workflow_instance WHERE workflow_type = ? AND business_key = ?',
    ),
    load: db.prepare('SELECT instance_no, revision, body FROM workflow_instance WHERE instance_id = ?'),
    insert: db.prepare(
      `INSERT INTO workflow_instance (instance_id, workflow_type, definition_hash, business_key, input_hash, parent_id,
         created_ms, revision, status, step, wake_ms, updated_ms, ended_ms, error, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    save: db.prepare(
      `UPDATE workflow_instance SET definition_hash = ?, revision = ?, status = ?, step = ?, wake_ms = ?, updated_ms = ?,
         ended_ms = ?, error = ?, body = ? WHERE instance_no = ?`,
    ),
    addRecords: db.prepare('INSERT INTO workflow_record (instance_no, record_no, body) VALUES (?, ?, ?)'),
    canonical: db.prepare('SELECT canonical FROM workflow_definition WHERE hash = ?').pluck(),
    current: db.prepare('SELECT hash FROM workflow_current WHERE workflow_type = ?').pluck(),
    putSchedule: db.prepare(
      `INSERT INTO workflow_schedule (schedule, body, next_ms, queue) VALUES (?, ?, ?, '[]')
       ON CONFLICT (schedule) DO UPDATE SET body = excluded.body, next_ms = excluded.next_ms WHERE body <> excluded.body`,
    ),
  };
}

/** The store of one command, and what it has written: `revisionOf` counts the commits of an instance it has touched. */
export type InstanceRows = InstanceStore & { revisionOf(instanceId: string): number };

type Place = { instance_no: number; revision: number };
type LoadedRow = Place & { body: string };
type StartedRow = { instance_id: Buffer; input_hash: Buffer };

/** Rows of instances in the transaction that `statements` run in. `nextMs` says when a schedule is due first. */
export function createInstanceRows(
  statements: WorkflowStatements,
  { programs, nextMs }: { programs: Programs; nextMs: (order: ScheduleOrder) => number | null },
): InstanceRows {
  const places = new Map<string, Place>();
  const placeOf = (instance: Instance) =>
    must(places.get(instance.instance_id), 'an instance is loaded before it is saved');
  return {
    findById: (instanceId) => started(statements.findById.get(opIdBytes(instanceId))),
    findByKey: (workflowType, key) => started(statements.findByKey.get(workflowType, key)),
    load(instanceId) {
      const row = statements.load.get(opIdBytes(instanceId)) as LoadedRow | undefined; // The columns of the statement.
      if (row === undefined) return undefined;
      places.set(instanceId, { instance_no: row.instance_no, revision: row.revision });
      return JSON.parse(row.body);
    },
    insert(instance, inputHash) {
      const { instance_id, workflow_type, definition_hash, business_key, parent, created_ms } = instance;
      const { lastInsertRowid } = statements.insert.run(
        opIdBytes(instance_id),
        workflow_type,
        Buffer.from(definition_hash, 'hex'),
        business_key,
        Buffer.from(inputHash, 'hex'),
        parent === null ? null : opIdBytes(parent.instance_id),
        created_ms,
        ...columnsOf(instance),
      );
      places.set(instance_id, { instance_no: Number(lastInsertRowid), revision: 1 });
    },
    save(instance) {
      const place = placeOf(instance);
      place.revision += 1;
      const hash = Buffer.from(instance.definition_hash, 'hex');
      statements.save.run(hash, place.revision, ...columnsOf(instance), place.instance_no);
    },
    append(instance, records) {
      const { instance_no, revision } = placeOf(instance);
      statements.addRecords.run(
        instance_no,
        revision,
        JSON.stringify(records satisfies readonly StepRecord[]),
      );
    },
    putSchedule: (order) => statements.putSchedule.run(order.schedule, JSON.stringify(order), nextMs(order)),
    program: (hash) => programOf(hash, { statements, programs }),
    current(workflowType) {
      const hash = statements.current.get(workflowType);
      return Buffer.isBuffer(hash) ? programOf(hash.toString('hex'), { statements, programs }) : undefined;
    },
    revisionOf: (instanceId) => places.get(instanceId)?.revision ?? 0,
  };
}

/** The columns that every commit writes, from `status` to `body`. */
function columnsOf(instance: Instance): (string | number | null)[] {
  const { status, updated_ms, error } = instance;
  return [
    status,
    standingAt(instance),
    wakeMs(instance),
    updated_ms,
    ENDED.has(status) ? updated_ms : null,
    error === null ? null : JSON.stringify(error),
    JSON.stringify(instance),
  ];
}

function started(row: unknown): Started | undefined {
  if (row === undefined) return undefined;
  const { instance_id, input_hash } = row as StartedRow; // The columns of both statements.
  return { instance_id: opIdText(instance_id), input_hash: input_hash.toString('hex') };
}

function programOf(hash: string, of: { statements: WorkflowStatements; programs: Programs }): Program {
  return of.programs.get(hash, () => {
    const canonical = of.statements.canonical.get(Buffer.from(hash, 'hex'));
    if (typeof canonical === 'string') return canonical;
    throw new AppError('not_found', `The definition ${hash} is not in the store.`);
  });
}
