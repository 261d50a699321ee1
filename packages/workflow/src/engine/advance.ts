/**
 * One advance: an event is applied to an instance, and all that can be done without waiting is done. The caller commits
 * what has changed together with what local functions wrote, and makes the calls only then. Pure but for its ports.
 */
import { AppError } from '@holdfast/base';
import type { HumanStep } from '../definition/model.ts';
import { checkFields } from '../expression/check-value.ts';
import type { Fields, JsonObject } from '../types.ts';
import type { Call, InstanceEvent, ScheduleOrder, Spawn, StepRecord } from './events.ts';
import { drainFrame, runFrame } from './frames.ts';
import { ENDED, type Frame, type Instance, type StepError } from './instance.ts';
import { MAIL_MAX } from './limits.ts';
import { redrive, skip } from './repair.ts';
import { createRun, enterBlock, type Host, note, type Run, stepAt } from './run.ts';
import { fitsState } from './size.ts';
import { statusOf, walk, walkLive } from './status.ts';
import { maySend } from './steps.ts';
import { beginUnwinding, unwind } from './unwind.ts';

/** What an advance has come to. */
export type Advanced = {
  instance: Instance;
  records: StepRecord[];
  /** To be made once this is committed. */
  calls: Call[];
  aborts: number[];
  spawns: Spawn[];
  cancels: string[];
  schedules: ScheduleOrder[];
  /** There is more to do at once: send `continue` after the commit. */
  more: boolean;
};

export type Start = {
  instance_id: string;
  definition_hash: string;
  business_key: string | null;
  /** Checked against the state of the definition. */
  input: JsonObject;
  currency: string;
  parent: Instance['parent'];
  depth: number;
};

/** A new instance at its first step; `continue` sets it going. */
export function createInstance(start: Start, host: Host): Instance {
  const { definition } = host.program;
  const { input, ...of } = start;
  const instance: Instance = {
    ...of,
    workflow_type: definition.workflow_type,
    status: 'running',
    state: input,
    state_bytes: Buffer.byteLength(JSON.stringify(input)),
    held_bytes: 0,
    // Replaced at once by the first block, which needs an instance to be entered.
    frame: NOWHERE,
    done: [],
    unwinding: null,
    stopping: null,
    is_paused: false,
    mail: [],
    visits: 0,
    error: null,
    created_ms: host.nowMs,
    updated_ms: host.nowMs,
    deadline_ms: definition.deadline_ms === null ? null : host.nowMs + definition.deadline_ms,
  };
  instance.frame = enterBlock(createRun(instance, host), '', {});
  return instance;
}

const NOWHERE: Frame = {
  block: '',
  at: '',
  phase: { kind: 'ready' },
  visit: 0,
  attempt: 0,
  began_ms: 0,
  may_have_happened: false,
  locals: {},
  delta: null,
  below: [],
  items: [],
  index: 0,
};

/**
 * Applies an event and goes on. `instance` is changed in place and is of no use when this throws: AppError
 * `invalid_request`, `forbidden`, `workflow_conflict` for what the event asks for, or whatever the host throws.
 */
export function advance(instance: Instance, event: InstanceEvent, host: Host): Advanced {
  const run = createRun(instance, host);
  if (applies(run, event)) {
    settle(run);
    // All that was due has been looked at.
    instance.updated_ms = host.nowMs;
  }
  const { records, calls, aborts, spawns, cancels, schedules } = run;
  return { instance, records, calls, aborts, spawns, cancels, schedules, more: run.budget < 0 };
}

/** Applies the event; false when it changes nothing. */
function applies(run: Run, event: InstanceEvent): boolean {
  const { instance } = run;
  if (event.kind === 'redrive') return redrive(run, event);
  if (ENDED.has(instance.status)) return false;
  switch (event.kind) {
    case 'continue':
    case 'due':
      return true;
    case 'recover':
      turnBack(run);
      forget(run);
      return true;
    case 'result':
      return answer(run, event);
    case 'signal':
      takeSignal(run, event);
      return true;
    case 'child':
      return endChild(run, event);
    case 'cancel':
      return cancel(run, event);
    case 'pause':
    case 'resume':
      if (instance.is_paused === (event.kind === 'pause')) return false;
      instance.is_paused = event.kind === 'pause';
      note(run, null, { what: event.kind, by: event.by });
      return true;
    case 'skip':
      return skip(run, event);
  }
}

/**
 * The clock was set back between two processes: what was to last for a while lasts as long as was left of it. Instants
 * that somebody named stay.
 */
function turnBack(run: Run): void {
  const { instance, host } = run;
  const backMs = instance.updated_ms - host.nowMs;
  if (backMs <= 0) return;
  if (instance.deadline_ms !== null) instance.deadline_ms -= backMs;
  for (const frame of walk(instance)) {
    frame.began_ms -= backMs;
    const { phase } = frame;
    if (phase.kind === 'timer' && waitsForInstant(run, frame)) continue;
    if ('due_ms' in phase && phase.due_ms !== null) phase.due_ms -= backMs;
  }
}

function waitsForInstant(run: Run, frame: Frame): boolean {
  const step = stepAt(run, frame);
  return step?.type === 'WAIT' && step.wait.kind === 'until';
}

/** What a process called that has ended has no answer. */
function forget({ instance, host }: Run): void {
  for (const frame of walk(instance)) {
    if (frame.phase.kind !== 'calling' || frame.phase.boot === host.boot) continue;
    const { called_ms, query } = frame.phase;
    const message = 'the process ended before there was an answer';
    frame.phase = { kind: 'answered', called_ms, query, result: { kind: 'unknown', message, lost: true } };
  }
}

function answer({ instance }: Run, event: Extract<InstanceEvent, { kind: 'result' }>): boolean {
  for (const frame of walk(instance)) {
    const { phase } = frame;
    if (frame.visit !== event.visit || frame.attempt !== event.attempt || phase.kind !== 'calling') continue;
    const { called_ms, query } = phase;
    frame.phase = { kind: 'answered', called_ms, query, result: event.result };
    return true;
  }
  return false;
}

function takeSignal(run: Run, event: Extract<InstanceEvent, { kind: 'signal' }>): void {
  const { instance } = run;
  const { roles } = event;
  const waiting = walkLive(instance.frame).find((frame) => awaited(run, frame)?.signal === event.signal);
  const asked = waiting ? awaited(run, waiting) : undefined;
  const asking = asked === undefined ? findAsking(run, event.signal) : [asked];
  const [first] = asking;
  if (first === undefined)
    throw new AppError('invalid_request', `No step of ${instance.workflow_type} waits for ${event.signal}.`);
  const open = asking.filter((each) => maySend(each, roles));
  const step = open.find(({ fields }) => fits(event.payload, fields, instance.currency)) ?? open[0];
  if (step === undefined)
    throw new AppError('forbidden', `${event.signal} is for somebody with the role ${first.role}.`);
  const payload = checkedPayload(step, event.payload, instance.currency);
  if (waiting !== undefined) {
    waiting.phase = { kind: 'signalled', payload, by: event.by };
    return;
  }
  if (instance.mail.length >= MAIL_MAX)
    throw new AppError('workflow_conflict', `${MAIL_MAX} signals wait already; this one has no room.`);
  if (!fitsState([payload, ...instance.mail.map((mail) => mail.payload)]))
    throw new AppError(
      'workflow_conflict',
      'The signals that wait already are as large as may be; this one has no room.',
    );
  // The step that takes it looks again at who sent it, and what: others may ask for a signal of the same name.
  instance.mail.push({ signal: event.signal, payload, by: event.by, roles });
}

function awaited(run: Run, frame: Frame): HumanStep | undefined {
  if (frame.phase.kind !== 'signal') return undefined;
  const step = stepAt(run, frame);
  return step?.type === 'HUMAN_IN_LOOP' ? step : undefined;
}

/** The steps that may ask for a signal which came early. */
function findAsking({ host }: Run, signal: string): HumanStep[] {
  const steps = [...host.program.blocks.values()].flatMap((block) => [...block.steps.values()]);
  return steps.filter((step): step is HumanStep => step.type === 'HUMAN_IN_LOOP' && step.signal === signal);
}

function fits(payload: JsonObject, fields: Fields, currency: string): boolean {
  return checkFields(payload, fields, { currency, where: 'closed' }).ok;
}

function checkedPayload(step: HumanStep, payload: JsonObject, currency: string): JsonObject {
  const checked = checkFields(payload, step.fields, { currency, where: 'closed' });
  if (checked.ok) return checked.value;
  const [fault] = checked.faults;
  throw new AppError('invalid_request', `${fault?.pointer}: ${fault?.detail}`, { faults: checked.faults });
}

function endChild({ instance }: Run, event: Extract<InstanceEvent, { kind: 'child' }>): boolean {
  const { instance_id, status, state, error } = event;
  for (const frame of walk(instance)) {
    // One that was given up and tried again meanwhile has nothing to say to the step any more.
    if (frame.phase.kind !== 'child' || frame.phase.instance_id !== instance_id) continue;
    frame.phase = { kind: 'child_ended', status, state, error, due_ms: frame.phase.due_ms };
    return true;
  }
  return false;
}

function cancel(run: Run, { by, reason }: Extract<InstanceEvent, { kind: 'cancel' }>): boolean {
  const { instance } = run;
  if (instance.stopping !== null || instance.unwinding !== null) return false;
  note(run, null, { what: 'cancel', by, detail: reason });
  instance.stopping = { why: 'cancelled', error: { code: 'cancelled', message: reason, step: '' } };
  return true;
}

function settle(run: Run): void {
  const { instance, host } = run;
  const { deadline_ms: deadline } = instance;
  if (deadline !== null && host.nowMs >= deadline && instance.stopping === null && !instance.unwinding) {
    const message = 'The workflow did not end before its deadline.';
    instance.stopping = { why: 'failed', error: { code: 'deadline_exceeded', message, step: '' } };
  }
  if (instance.unwinding === null) goForward(run);
  if (instance.unwinding !== null) unwind(run);
  if (!ENDED.has(instance.status)) instance.status = statusOf(instance, run.budget < 0);
  else note(run, null, { what: 'ended', detail: ended(instance.status, instance.error) });
}

function goForward(run: Run): void {
  const { instance } = run;
  const root = { frame: instance.frame, above: null };
  const { stopping } = instance;
  if (stopping !== null) {
    if (drainFrame(run, root).kind !== 'blocked') beginUnwinding(run, stopping);
    return;
  }
  if (instance.is_paused) return;
  const outcome = runFrame(run, root);
  if (outcome.kind === 'failed') beginUnwinding(run, { why: 'failed', error: outcome.error });
  if (outcome.kind === 'ended') instance.status = 'completed';
}

function ended(status: string, error: StepError | null): string {
  return error === null ? status : `${status}: ${error.code}`;
}
