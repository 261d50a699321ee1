/** The workflows of an edge: what people and programs may do with them, and the services that keep them going. */
import { AppError, type Ports, type Service, uuidV7 } from '@holdfast/base';
import { isCurrency } from '@holdfast/money';
import type { Logger } from '@holdfast/runtime';
import {
  createDriver,
  type Driver,
  ENDED,
  type Handled,
  type Instance,
  type InstanceEvent,
  type JsonObject,
  type Order,
  type Program,
  type Standing,
  type Status,
  type StepRecord,
  standingsOf,
} from '@holdfast/workflow';
import type { Db } from '../store/open.ts';
import {
  createWorkflowReads,
  type InstanceCursor,
  type InstanceFilter,
  type InstanceSummary,
  type StoredDefinition,
  type StoredSchedule,
  type WorkflowReads,
} from '../store/workflow-reads.ts';
import type { Writer } from '../writer/writer.ts';
import { type CallerOptions, createCaller } from './calls.ts';
import { createDefinitions, type Definitions } from './definitions.ts';
import { createLoader, type FileProblems } from './loader.ts';
import { type MigrationOrder, type MigrationRow, migrateInstances } from './migrate-instances.ts';
import { createPrograms } from './programs.ts';
import { createWorkflowPruning } from './prune.ts';
import { createScheduleService } from './schedules.ts';
import { createSettling, type Settling } from './settling.ts';
import { createWorkflowWatch } from './watch.ts';

/** What starts an instance. The same id, or the same key, with the same input is the same instance. */
export type StartOrder = {
  workflow_type: string;
  input: JsonObject;
  instance_id?: string | undefined;
  business_key?: string | null | undefined;
  /** ISO 4217; the field `currency` of the input, or that of the store, unless given. */
  currency?: string | undefined;
  by: string | null;
};

/** What became of an order: the instance as it stands afterwards. `replayed`: it had been started before. */
export type OrderAnswer = { instance_id: string; replayed: boolean; status: Status };

export type InstanceDetail = {
  summary: InstanceSummary;
  instance: Instance;
  /** Where it stands. */
  standings: Standing[];
  timeline: StepRecord[];
};

export type Workflows = {
  start(order: StartOrder): Promise<OrderAnswer>;
  /** `roles` null: a program that may send any. */
  signal(
    instanceId: string,
    signal: { signal: string; payload: JsonObject; by: string | null; roles: readonly string[] | null },
  ): Promise<OrderAnswer>;
  cancel(instanceId: string, of: { by: string | null; reason: string }): Promise<OrderAnswer>;
  pause(instanceId: string, of: { by: string | null }): Promise<OrderAnswer>;
  resume(instanceId: string, of: { by: string | null }): Promise<OrderAnswer>;
  redrive(instanceId: string, of: { by: string | null; reason: string }): Promise<OrderAnswer>;
  skip(
    instanceId: string,
    of: { step: string; output: JsonObject; by: string | null; reason: string },
  ): Promise<OrderAnswer>;
  /** A page, newest first; `next` is null on the last one. */
  list(
    filter: InstanceFilter,
    page: { after?: InstanceCursor | undefined; limit: number },
  ): { instances: InstanceSummary[]; next: InstanceCursor | null };
  summary(instanceId: string): InstanceSummary | undefined;
  find(instanceId: string): InstanceDetail | undefined;
  /** Waits until an instance has ended or waits for something; false when `timeoutMs` pass before. */
  settled(instanceId: string, timeoutMs: number): Promise<boolean>;
  definitions(): StoredDefinition[];
  /** The text a definition was read from; undefined for one that is not there. */
  source(hash: string): string | undefined;
  /** A definition made ready. Throws AppError `not_found`. */
  program(hash: string): Program;
  check: Definitions['check'];
  load: Definitions['load'];
  retire: Definitions['retire'];
  /** Files of the folder that were refused, or have warnings. */
  problems(): FileProblems[];
  /** Reads the folder of definitions anew. */
  reload(): Promise<void>;
  schedules(): StoredSchedule[];
  unschedule(schedule: string): Promise<void>;
  /**
   * Looks at a page of the open instances that keep to an older definition of a type, or lets those that fit go on by
   * the current one. Throws AppError `not_found`.
   */
  migrate(
    workflowType: string,
    order: MigrationOrder,
  ): Promise<{ rows: MigrationRow[]; next: number | null }>;
  countOpen: WorkflowReads['countOpen'];
  /** Instances that ended since the process started, by their status. */
  readonly ended: ReadonlyMap<Status, number>;
  readonly stuck: readonly InstanceSummary[];
  /** Calls that are under way or wait. */
  readonly calls: number;
  /** What a person must do; undefined while there is nothing. */
  readonly attention: string | undefined;
  pruneNow(): Promise<number>;
  /** Resolves when no call is under way and nothing is to be continued at once. */
  idle(): Promise<void>;
  readonly services: readonly Service[];
};

export type WorkflowsOptions = Omit<CallerOptions, 'reads' | 'nowMs'> & {
  db: Db;
  writer: Writer;
  /** A sale was taken. */
  noteSale(): void;
  /** Currency of the store. */
  currency(): string;
  /** Time by which things fall due, in milliseconds. */
  nowMs(): number;
  folder: string;
  retentionMs: number;
  ports: Ports;
  logger: Logger;
};

export function createWorkflows(options: WorkflowsOptions): Workflows {
  const { db, writer, ports, logger, nowMs, currency } = options;
  const reads = createWorkflowReads(db, createPrograms());
  const ended = new Map<Status, number>();
  const settling = createSettling({ reads, timers: ports.timers });
  const driver = createWorkflowDriver({ options, reads, ended, settling });
  const { functions, http } = options;
  const definitions = createDefinitions({
    ...{ reads, writer, functions: functions.table },
    secretOf: (name) => http.secretOf(name),
  });
  const loader = createLoader({ folder: options.folder, definitions, ports, logger });
  const order = (given: Order) => driver.order(given);
  const schedules = createScheduleService({ reads, writer, order, currency, nowMs, ports, logger });
  const watch = createWorkflowWatch({ reads, nowMs, ports, logger });
  const pruning = createWorkflowPruning({
    db,
    writer,
    retentionMs: options.retentionMs,
    nowMs,
    ports,
    logger,
  });
  const driving: Service = { name: 'workflows', run: (signal) => driver.run(signal) };
  return {
    ...orders({ driver, reads, options }),
    list: (filter, page) => listPage(reads, filter, page),
    summary: reads.summary,
    settled: settling.wait,
    find(instanceId) {
      const summary = reads.summary(instanceId);
      const found = reads.instance(instanceId);
      if (summary === undefined || found === undefined) return undefined;
      const { instance } = found;
      const program = reads.program(instance.definition_hash);
      const standings = standingsOf(instance, { program, nowMs: nowMs() });
      return { summary, instance, standings, timeline: reads.timeline(instanceId) };
    },
    definitions: reads.definitions,
    source: reads.source,
    program: reads.program,
    ...definitions,
    problems: () => loader.problems(),
    reload: () => loader.reload(),
    schedules: reads.schedules,
    async unschedule(schedule) {
      await writer.submit({ type: 'workflow_schedule', schedule, queue: [] });
    },
    migrate: (workflowType, order) => migrateInstances(workflowType, order, { reads, writer }),
    countOpen: reads.countOpen,
    ended,
    get stuck() {
      return watch.stuck;
    },
    get calls() {
      return driver.calls;
    },
    get attention() {
      return watch.attention;
    },
    pruneNow: () => pruning.pruneNow(),
    idle: () => driver.idle(),
    services: [driving, loader, schedules, watch, pruning],
  };
}

function listPage(
  reads: WorkflowReads,
  filter: InstanceFilter,
  { after, limit }: Parameters<Workflows['list']>[1],
): ReturnType<Workflows['list']> {
  const found = reads.list(filter, { after, limit: limit + 1 });
  const instances = found.slice(0, limit);
  const last = found.length > limit ? instances.at(-1) : undefined;
  return { instances, next: last ? { updated_ms: last.updated_ms, instance_no: last.instance_no } : null };
}

function createWorkflowDriver({
  options,
  reads,
  ended,
  settling,
}: {
  options: WorkflowsOptions;
  reads: WorkflowReads;
  ended: Map<Status, number>;
  settling: Settling;
}): Driver {
  const { writer, outside, functions, http, plugins, ports, logger, nowMs } = options;
  return createDriver({
    async submit(order) {
      const { handled, sales } = await writer.submit({
        type: 'workflow',
        order,
        online: outside.link.online,
      });
      if (sales > 0) options.noteSale();
      for (const { instance_id, status } of handled.touched) {
        settling.note(instance_id, status);
        if (!ENDED.has(status)) continue;
        ended.set(status, (ended.get(status) ?? 0) + 1);
        outside.hardware.endPayment(instance_id);
      }
      return handled;
    },
    call: createCaller({ reads, functions, outside, http, plugins, nowMs }),
    due: reads.due,
    nextWakeMs: reads.nextWakeMs,
    underWay: (afterId, limit) => reads.underWay({ afterId, nowMs: nowMs(), limit }),
    nowMs,
    ports,
    onError: (error, { instance_id }) =>
      logger.warn({ err: error, instance_id }, 'a workflow could not go on; it is tried again'),
  });
}

/** What is done with one instance. */
function orders({
  driver,
  reads,
  options,
}: {
  driver: Driver;
  reads: WorkflowReads;
  options: WorkflowsOptions;
}): Pick<Workflows, 'start' | 'signal' | 'cancel' | 'pause' | 'resume' | 'redrive' | 'skip'> {
  const event = async (instance_id: string, given: InstanceEvent) =>
    answerOf(await driver.order({ kind: 'event', instance_id, event: given }), reads);
  return {
    async start({ instance_id, business_key = null, input, workflow_type, by, ...of }) {
      const given = of.currency ?? (typeof input.currency === 'string' ? input.currency : options.currency());
      if (!isCurrency(given)) throw new AppError('unknown_currency', `${given} is no currency.`);
      const id = instance_id ?? uuidV7(options.ports);
      const order: Order = {
        kind: 'start',
        ...{ instance_id: id, workflow_type, business_key, input, currency: given, by },
      };
      return answerOf(await driver.order(order), reads);
    },
    signal: (instanceId, signal) => event(instanceId, { kind: 'signal', ...signal }),
    cancel: (instanceId, of) => event(instanceId, { kind: 'cancel', ...of }),
    pause: (instanceId, of) => event(instanceId, { kind: 'pause', ...of }),
    resume: (instanceId, of) => event(instanceId, { kind: 'resume', ...of }),
    redrive: (instanceId, of) => event(instanceId, { kind: 'redrive', ...of }),
    skip: (instanceId, of) => event(instanceId, { kind: 'skip', ...of }),
  };
}

function answerOf({ instance_id, replayed, touched }: Handled, reads: WorkflowReads): OrderAnswer {
  const last = touched.findLast((each) => each.instance_id === instance_id);
  // A start that was repeated touches nothing: the instance has gone on since.
  const status = last?.status ?? reads.summary(instance_id)?.status ?? 'running';
  return { instance_id, replayed, status };
}
