/**
 * What an order does to the instances it touches, all in the one transaction of the caller: an instance that ends wakes
 * the one that waits for it, and one that is cancelled cancels what it started. Whoever holds the rows is a port.
 */
import { AppError, type Random } from '@holdfast/base';
import { canonicalJson, sha256Hex } from '@holdfast/crypto';
import type { Program } from '../definition/program.ts';
import { checkFields } from '../expression/check-value.ts';
import type { FunctionTable } from '../functions.ts';
import type { JsonObject } from '../types.ts';
import { type Advanced, advance, createInstance } from './advance.ts';
import type { Call, InstanceEvent, ScheduleOrder, Spawn, StepRecord } from './events.ts';
import { ENDED, type Instance, type Status } from './instance.ts';
import type { Host } from './run.ts';
import { fitsState } from './size.ts';
import { wakeMs } from './status.ts';

/** Something that somebody wants of the workflows of a store. */
export type Order =
  /** Starts one; the same id, or the same key, with the same input is the same instance. */
  | {
      kind: 'start';
      instance_id: string;
      workflow_type: string;
      business_key: string | null;
      input: JsonObject;
      currency: string;
      by: string | null;
    }
  | { kind: 'event'; instance_id: string; event: InstanceEvent };

/** An instance that is there, and the hash of what it was started with. */
export type Started = { instance_id: string; input_hash: string };

/** The rows of the instances, within a transaction. */
export type InstanceStore = {
  load(instanceId: string): Instance | undefined;
  findById(instanceId: string): Started | undefined;
  findByKey(workflowType: string, businessKey: string): Started | undefined;
  insert(instance: Instance, inputHash: string): void;
  save(instance: Instance): void;
  append(instance: Instance, records: readonly StepRecord[]): void;
  putSchedule(order: ScheduleOrder): void;
  program(hash: string): Program;
  /** The one that new instances begin with; undefined for a type that is not loaded. */
  current(workflowType: string): Program | undefined;
};

export type HandleHost = {
  store: InstanceStore;
  functions: FunctionTable;
  runLocal: Host['runLocal'];
  nowMs: number;
  random: Random;
  /** Of the process; see {@link Host}. */
  boot: string;
};

/** What has become of an instance. */
export type Touched = {
  instance_id: string;
  definition_hash: string;
  currency: string;
  status: Status;
  wake_ms: number | null;
  calls: Call[];
  aborts: number[];
  /** There is more to do at once: order `continue`. */
  more: boolean;
};

export type Handled = {
  /** The instance that the order was about. */
  instance_id: string;
  /** It had been started before, by the same order. */
  replayed: boolean;
  touched: Touched[];
};

/**
 * Carries out an order. Throws AppError `not_found`, `invalid_request`, `idempotency_key_reused`, or what
 * {@link advance} throws; then the caller's transaction must be undone.
 */
export function handle(order: Order, host: HandleHost): Handled {
  const touched: Touched[] = [];
  if (order.kind === 'event') {
    goOn(order.instance_id, order.event, { host, touched });
    return { instance_id: order.instance_id, replayed: false, touched };
  }
  const known = findStarted(order, host.store);
  const inputHash = hashOf(order.input);
  if (known) {
    if (known.input_hash !== inputHash)
      throw new AppError(
        'idempotency_key_reused',
        `A ${order.workflow_type} was started with other input as ${order.business_key ?? order.instance_id}.`,
      );
    return { instance_id: known.instance_id, replayed: true, touched };
  }
  const { kind: _, by, ...spawn } = order;
  const instance = begin({ ...spawn, parent: null, depth: 0 }, host);
  const advanced = advance(instance, { kind: 'continue' }, hostFor(instance, host));
  if (by !== null) advanced.records.unshift(startedBy(by, host.nowMs));
  keep(advanced, { host, touched, isNew: inputHash });
  return { instance_id: instance.instance_id, replayed: false, touched };
}

/** Who started it, for the timeline. */
function startedBy(by: string, at_ms: number): StepRecord {
  return { at_ms, what: 'started', visit: 0, step: '', attempt: 0, took_ms: 0, by, detail: null };
}

function findStarted(order: Extract<Order, { kind: 'start' }>, store: InstanceStore): Started | undefined {
  const { instance_id, workflow_type, business_key } = order;
  const byKey = business_key === null ? undefined : store.findByKey(workflow_type, business_key);
  return byKey ?? store.findById(instance_id);
}

type Work = { host: HandleHost; touched: Touched[] };

function goOn(instanceId: string, event: InstanceEvent, work: Work): void {
  const instance = work.host.store.load(instanceId);
  if (instance === undefined) throw new AppError('not_found', `There is no workflow ${instanceId}.`);
  keep(advance(instance, event, hostFor(instance, work.host)), work);
}

/** Keeps what has become of an instance, and tells those that it concerns. */
function keep(advanced: Advanced, work: Work & { isNew?: string }): void {
  const { instance, records, spawns, cancels } = advanced;
  const { store } = work.host;
  if (work.isNew === undefined) store.save(instance);
  else store.insert(instance, work.isNew);
  if (records.length > 0) store.append(instance, records);
  work.touched.push(toTouched(advanced));
  for (const order of advanced.schedules) store.putSchedule(order);
  for (const spawn of spawns) addChild(spawn, work);
  for (const child of cancels) {
    const reason = `${instance.workflow_type} ${instance.instance_id}, which waits for it, ends`;
    goOn(child, { kind: 'cancel', by: null, reason }, { host: work.host, touched: work.touched });
  }
  if (instance.parent === null || !ENDED.has(instance.status)) return;
  const { status, state, error, instance_id, parent } = instance;
  // One that was tried again by somebody may outlive the one that had waited for it.
  if (store.findById(parent.instance_id) === undefined) return;
  const event = { kind: 'child', instance_id, status, state, error } as const;
  goOn(parent.instance_id, event, { host: work.host, touched: work.touched });
}

/** Begins in a commit of its own: what workflows start, and those in turn, must not hold up the store. */
function addChild(spawn: Spawn, { host, touched }: Work): void {
  const inputHash = hashOf(spawn.input);
  const instance = begin(spawn, host);
  host.store.insert(instance, inputHash);
  touched.push(toTouched({ instance, calls: [], aborts: [], more: true }));
}

function begin(spawn: Spawn, host: HandleHost): Instance {
  const prepared = prepare(spawn, host.store);
  if (prepared instanceof AppError) throw prepared;
  const { program, input } = prepared;
  const { workflow_type: __, ...start } = spawn;
  return createInstance({ ...start, input, definition_hash: program.hash }, hostOf(program, host));
}

/** The program of a new instance and its input as it is kept; or why there can be none. */
function prepare(
  { workflow_type, input, currency }: Pick<Spawn, 'workflow_type' | 'input' | 'currency'>,
  store: InstanceStore,
): { program: Program; input: JsonObject } | AppError {
  const program = store.current(workflow_type);
  if (program === undefined)
    return new AppError('not_found', `There is no workflow ${workflow_type}: load its definition.`);
  const checked = checkFields(input, program.definition.state, { currency, where: 'closed' });
  if (!checked.ok) {
    const { faults } = checked;
    return new AppError('invalid_request', `${faults[0]?.pointer}: ${faults[0]?.detail}`, { faults });
  }
  if (fitsState(Object.values(checked.value))) return { program, input: checked.value };
  return new AppError('invalid_request', 'The input is larger than the state of a workflow may be.');
}

/** The same, as the failure of a step: what it starts may have changed since its definition was checked. */
function refusalOf(of: Parameters<typeof prepare>[0], store: InstanceStore): ReturnType<Host['refusalOf']> {
  const prepared = prepare(of, store);
  if (!(prepared instanceof AppError)) return undefined;
  if (prepared.code === 'not_found') return { code: 'unknown_workflow', message: prepared.message };
  return {
    code: 'wrong_input',
    message: `${of.workflow_type} does not take this input: ${prepared.message}`,
  };
}

function hostFor(instance: Instance, host: HandleHost): Host {
  return hostOf(host.store.program(instance.definition_hash), host);
}

function hostOf(program: Program, { store, functions, runLocal, nowMs, random, boot }: HandleHost): Host {
  return {
    program,
    functions,
    runLocal,
    nowMs,
    random,
    boot,
    refusalOf: (of) => refusalOf(of, store),
  };
}

function toTouched({
  instance,
  calls,
  aborts,
  more,
}: Pick<Advanced, 'instance' | 'calls' | 'aborts' | 'more'>): Touched {
  const { instance_id, definition_hash, currency, status } = instance;
  return { instance_id, definition_hash, currency, status, wake_ms: wakeMs(instance), calls, aborts, more };
}

function hashOf(input: JsonObject): string {
  return sha256Hex(canonicalJson(input));
}
