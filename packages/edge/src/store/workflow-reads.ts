/** What is read of workflows outside of the writer: what is under way or due, lists, timelines, definitions, schedules. */
import { AppError } from '@holdfast/base';
import type { Instance, Program, ScheduleOrder, Status, StepError, StepRecord } from '@holdfast/workflow';
import type { Programs } from '../workflow/programs.ts';
import type { Db } from './open.ts';
import { opIdBytes, opIdText } from './transactions.ts';

/** An instance as lists show it. Times are milliseconds since the epoch; `step` is where it stands. */
export type InstanceSummary = {
  instance_no: number;
  instance_id: string;
  workflow_type: string;
  definition_hash: string;
  business_key: string | null;
  status: Status;
  step: string;
  wake_ms: number | null;
  parent_id: string | null;
  created_ms: number;
  updated_ms: number;
  ended_ms: number | null;
  revision: number;
  error: StepError | null;
};

/** What a list is narrowed to. */
export type InstanceFilter = {
  statuses?: readonly Status[] | undefined;
  workflow_type?: string | undefined;
  business_key?: string | undefined;
  /** What the key begins with. */
  business_key_prefix?: string | undefined;
  definition_hash?: string | undefined;
  updated_before_ms?: number | undefined;
};

/** Where a page goes on: after this instance, by the time it was last updated. */
export type InstanceCursor = { updated_ms: number; instance_no: number };

export type StoredDefinition = {
  hash: string;
  workflow_type: string;
  version: string | null;
  added_ms: number;
  is_current: boolean;
  /** Instances that go on by it. */
  open_instances: number;
};

export type StoredSchedule = {
  order: ScheduleOrder;
  next_ms: number | null;
  last_ms: number | null;
  last_instance: string | null;
  /** Times that wait until the instance before them has ended. */
  queue: number[];
};

export type WorkflowReads = {
  due(nowMs: number, limit: number): string[];
  nextWakeMs(): number | null;
  /** Open ones that a new process must look at: at work, or last moved at a time that is still to come. */
  underWay(page: { afterId: string; nowMs: number; limit: number }): string[];
  /** Newest first, by when they were last updated. */
  list(
    filter: InstanceFilter,
    page: { after?: InstanceCursor | undefined; limit: number },
  ): InstanceSummary[];
  summary(instanceId: string): InstanceSummary | undefined;
  instance(instanceId: string): { instance: Instance; revision: number } | undefined;
  timeline(instanceId: string): StepRecord[];
  /** How many are open, by their status. */
  countOpen(): { status: Status; count: number }[];
  /** Open ones that nothing has moved since, though nothing is to be waited for; those of the longest time first. */
  unmoved(before: { updatedMs: number; wakeMs: number; limit: number }): InstanceSummary[];
  /** Open instances of a type that keep to another definition, page by page. */
  openOnOthers(
    workflowType: string,
    hash: string,
    page: { afterNo: number; limit: number },
  ): InstanceSummary[];
  currentHash(workflowType: string): string | undefined;
  currentTypes(): string[];
  definitions(): StoredDefinition[];
  source(hash: string): string | undefined;
  /** Throws AppError `not_found`. */
  program(hash: string): Program;
  schedules(): StoredSchedule[];
};

const COLUMNS =
  'instance_no, instance_id, workflow_type, definition_hash, business_key, status, step, wake_ms, parent_id, created_ms, updated_ms, ended_ms, revision, error';

/** Reads over a connection that does not write. */
export function createWorkflowReads(db: Db, programs: Programs): WorkflowReads {
  return {
    ...readsForDriving(db),
    ...readsOfInstances(db),
    currentHash(workflowType) {
      const hash = db
        .prepare('SELECT hash FROM workflow_current WHERE workflow_type = ?')
        .pluck()
        .get(workflowType);
      return Buffer.isBuffer(hash) ? hash.toString('hex') : undefined;
    },
    currentTypes: () =>
      db
        .prepare('SELECT workflow_type FROM workflow_current ORDER BY workflow_type')
        .pluck()
        .all() as string[], // Text.
    definitions: () => listDefinitions(db),
    source: (hash) => readText(db, 'source', hash),
    program: (hash) => programs.get(hash, () => readCanonical(db, hash)),
    schedules: () => listSchedules(db),
  };
}

function readsForDriving(
  db: Db,
): Pick<WorkflowReads, 'due' | 'nextWakeMs' | 'underWay' | 'unmoved' | 'countOpen'> {
  const due = db
    .prepare('SELECT instance_id FROM workflow_instance WHERE wake_ms <= ? ORDER BY wake_ms LIMIT ?')
    .pluck();
  const nextWake = db.prepare('SELECT min(wake_ms) FROM workflow_instance WHERE wake_ms IS NOT NULL').pluck();
  const underWay = db
    .prepare(
      `SELECT instance_id FROM workflow_instance
       WHERE ended_ms IS NULL AND status = ? AND instance_id > ? ORDER BY instance_id LIMIT ?`,
    )
    .pluck();
  // Almost never there are any: the signs keep the statement to the index of the times.
  const ahead = db
    .prepare(
      `SELECT instance_id FROM workflow_instance
       WHERE ended_ms IS NULL AND updated_ms > ? AND +instance_id > ? ORDER BY +instance_id LIMIT ?`,
    )
    .pluck();
  const unmoved = db.prepare(
    `SELECT ${COLUMNS} FROM workflow_instance WHERE ended_ms IS NULL AND updated_ms < ?
       AND (wake_ms < ? OR (wake_ms IS NULL AND status IN ('running', 'compensating')))
     ORDER BY updated_ms LIMIT ?`,
  );
  const open = db.prepare(
    'SELECT status, count(*) AS count FROM workflow_instance WHERE ended_ms IS NULL GROUP BY status',
  );
  return {
    due: (nowMs, limit) => texts(due.all(nowMs, limit)),
    nextWakeMs: () => nextWake.get() as number | null, // The one column of the statement.
    underWay({ afterId, nowMs, limit }) {
      const after = opIdBytes(afterId);
      const found = UNDER_WAY.flatMap((status) => texts(underWay.all(status, after, limit)));
      const all = new Set([...found, ...texts(ahead.all(nowMs, after, limit))]);
      return [...all].sort().slice(0, limit);
    },
    unmoved: ({ updatedMs, wakeMs, limit }) => summaries(unmoved.all(updatedMs, wakeMs, limit)),
    countOpen: () => open.all() as { status: Status; count: number }[], // The columns asked for.
  };
}

function readsOfInstances(
  db: Db,
): Pick<WorkflowReads, 'list' | 'summary' | 'instance' | 'timeline' | 'openOnOthers'> {
  const summary = db.prepare(`SELECT ${COLUMNS} FROM workflow_instance WHERE instance_id = ?`);
  const body = db.prepare('SELECT body, revision FROM workflow_instance WHERE instance_id = ?');
  const onOthers = db.prepare(
    `SELECT ${COLUMNS} FROM workflow_instance WHERE ended_ms IS NULL AND workflow_type = ?
       AND definition_hash <> ? AND instance_no > ? ORDER BY instance_no LIMIT ?`,
  );
  return {
    list: (filter, page) => listInstances(db, filter, page),
    summary: (instanceId) => summaries([summary.get(opIdBytes(instanceId))])[0],
    instance(instanceId) {
      const row = body.get(opIdBytes(instanceId)) as { body: string; revision: number } | undefined; // Its columns.
      return row === undefined ? undefined : { instance: JSON.parse(row.body), revision: row.revision };
    },
    timeline: (instanceId) => timelineOf(db, instanceId),
    openOnOthers: (workflowType, hash, { afterNo, limit }) =>
      summaries(onOthers.all(workflowType, Buffer.from(hash, 'hex'), afterNo, limit)),
  };
}

/** Statuses in which an instance does something by itself, and goes on after a crash. */
const UNDER_WAY: readonly Status[] = ['running', 'compensating'];

function listInstances(
  db: Db,
  filter: InstanceFilter,
  page: { after?: InstanceCursor | undefined; limit: number },
): InstanceSummary[] {
  const terms: [sql: string, ...values: unknown[]][] = [['TRUE']];
  const { statuses, workflow_type, business_key, definition_hash, updated_before_ms } = filter;
  const { business_key_prefix: prefix } = filter;
  if (statuses !== undefined) terms.push([`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses]);
  if (workflow_type !== undefined) terms.push(['workflow_type = ?', workflow_type]);
  if (business_key !== undefined) terms.push(['business_key = ?', business_key]);
  if (prefix !== undefined) terms.push(['substr(business_key, 1, length(?)) = ?', prefix, prefix]);
  if (definition_hash !== undefined) terms.push(['definition_hash = ?', Buffer.from(definition_hash, 'hex')]);
  if (updated_before_ms !== undefined) terms.push(['updated_ms < ?', updated_before_ms]);
  const { after } = page;
  if (after !== undefined)
    terms.push(['(updated_ms, instance_no) < (?, ?)', after.updated_ms, after.instance_no]);
  const where = terms.map(([sql]) => sql).join(' AND ');
  const values = terms.flatMap(([, ...given]) => given);
  const order = 'ORDER BY updated_ms DESC, instance_no DESC LIMIT ?';
  return summaries(
    db.prepare(`SELECT ${COLUMNS} FROM workflow_instance WHERE ${where} ${order}`).all(...values, page.limit),
  );
}

function timelineOf(db: Db, instanceId: string): StepRecord[] {
  const bodies = db
    .prepare(
      `SELECT r.body FROM workflow_record r JOIN workflow_instance i ON i.instance_no = r.instance_no
       WHERE i.instance_id = ? ORDER BY r.record_no`,
    )
    .pluck()
    .all(opIdBytes(instanceId)) as string[]; // The column asked for.
  return bodies.flatMap((text): StepRecord[] => JSON.parse(text));
}

function listDefinitions(db: Db): StoredDefinition[] {
  const rows = db
    .prepare(
      `SELECT d.hash, d.workflow_type, d.version, d.added_ms, c.hash IS NOT NULL AS is_current, coalesce(o.count, 0) AS open
       FROM workflow_definition d
       LEFT JOIN workflow_current c ON c.workflow_type = d.workflow_type AND c.hash = d.hash
       LEFT JOIN (SELECT definition_hash, count(*) AS count FROM workflow_instance WHERE ended_ms IS NULL
         GROUP BY definition_hash) o ON o.definition_hash = d.hash
       ORDER BY d.workflow_type, d.added_ms DESC`,
    )
    .all() as (Pick<StoredDefinition, 'workflow_type' | 'version' | 'added_ms'> & {
    hash: Buffer;
    is_current: number;
    open: number;
  })[]; // The columns asked for.
  return rows.map(({ hash, is_current, open, ...row }) => ({
    ...row,
    hash: hash.toString('hex'),
    is_current: is_current === 1,
    open_instances: open,
  }));
}

function readCanonical(db: Db, hash: string): string {
  const canonical = readText(db, 'canonical', hash);
  if (canonical !== undefined) return canonical;
  throw new AppError('not_found', `The definition ${hash} is not in the store.`);
}

function readText(db: Db, column: 'canonical' | 'source', hash: string): string | undefined {
  const text = db
    .prepare(`SELECT ${column} FROM workflow_definition WHERE hash = ?`)
    .pluck()
    .get(Buffer.from(hash, 'hex'));
  return typeof text === 'string' ? text : undefined;
}

function listSchedules(db: Db): StoredSchedule[] {
  const rows = db
    .prepare('SELECT body, next_ms, last_ms, last_instance, queue FROM workflow_schedule ORDER BY schedule')
    .all() as {
    body: string;
    next_ms: number | null;
    last_ms: number | null;
    last_instance: Buffer | null;
    queue: string;
  }[]; // The columns asked for.
  return rows.map(({ body, queue, last_instance, ...row }) => ({
    ...row,
    order: JSON.parse(body),
    queue: JSON.parse(queue),
    last_instance: last_instance === null ? null : opIdText(last_instance),
  }));
}

type SummaryRow = Omit<InstanceSummary, 'instance_id' | 'definition_hash' | 'parent_id' | 'error'> & {
  instance_id: Buffer;
  definition_hash: Buffer;
  parent_id: Buffer | null;
  error: string | null;
};

function summaries(rows: readonly unknown[]): InstanceSummary[] {
  const found = rows.filter((row) => row !== undefined) as SummaryRow[]; // Columns are the type's.
  return found.map((row) => ({
    ...row,
    instance_id: opIdText(row.instance_id),
    definition_hash: row.definition_hash.toString('hex'),
    parent_id: row.parent_id === null ? null : opIdText(row.parent_id),
    error: row.error === null ? null : JSON.parse(row.error),
  }));
}

function texts(ids: readonly unknown[]): string[] {
  return ids.map((id) => opIdText(id as Buffer)); // The one column of the statements.
}
