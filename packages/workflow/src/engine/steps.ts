/** What a step of each type does next, from the phase it is in. */
import { must } from '@holdfast/base';
import type {
  CronStep,
  DecisionStep,
  FunctionStep,
  HttpStep,
  HumanStep,
  InferenceStep,
  Step,
  SubWorkflowStep,
  WaitStep,
  WasmStep,
} from '../definition/model.ts';
import { checkFields } from '../expression/check-value.ts';
import type { Fields, Json, JsonObject } from '../types.ts';
import { afterFailure, beginTry, failed, type StepOutcome, timeoutOf } from './attempts.ts';
import { type CallOrder, goOnCalling } from './calls.ts';
import { inputFor, inputForWorkflow } from './input.ts';
import type { Phase, StepError } from './instance.ts';
import { DEPTH_MAX } from './limits.ts';
import { goOnLooping } from './loop.ts';
import { goOnInParallel } from './parallel.ts';
import {
  callKey,
  errorAt,
  expressionAt,
  faultError,
  newInstanceId,
  note,
  type Place,
  type Run,
  StepFailure,
  scopeAt,
  stateAt,
  templateAt,
  valueAt,
} from './run.ts';
import { IN_DOUBT, noteUndoable } from './undo.ts';

/** Goes on with the step at a place. */
export function goOn(run: Run, place: Place, step: Step): StepOutcome {
  switch (step.type) {
    case 'STANDARD':
      return goOnWithFunction(run, place, step);
    case 'DECISION':
      return decide(run, place, step);
    case 'HTTP':
    case 'AI_INFERENCE':
    case 'WASM':
      return goOnCalling(run, place, outsideOrder(run, place, step));
    case 'PARALLEL':
      return goOnInParallel(run, place, step);
    case 'LOOP':
      return goOnLooping(run, place, step);
    case 'WAIT':
      return wait(run, place, step);
    case 'HUMAN_IN_LOOP':
      return waitForSignal(run, place, step);
    case 'SUB_WORKFLOW':
      return goOnWithChild(run, place, step);
    case 'FIRE_AND_FORGET':
      return spawn(run, place, step) ?? { kind: 'done', patch: {} };
    case 'CRON_SCHEDULE':
      return schedule(run, place, step);
  }
}

function goOnWithFunction(run: Run, place: Place, step: FunctionStep): StepOutcome {
  const spec = must(run.host.functions.get(step.function), `the function ${step.function} is known`);
  const finish = (output: Json) => finishFunction(run, place, { step, output });
  const input = () => inputFor(run, place, { fields: spec.input, given: step.input });
  if (spec.effect === 'external') {
    return goOnCalling(run, place, {
      trying: step,
      key: callKey(run, place),
      onUnknown: step.on_unknown,
      canQuery: spec.canQuery ?? false,
      target: () => {
        const made = input();
        if (!made.ok) return { ok: false, outcome: { kind: 'failed', error: made.error } };
        return { ok: true, what: { kind: 'function', function: spec.name, input: made.input } };
      },
      finish,
      mayHaveHappened: () => noteUndoable(run, place, step, IN_DOUBT),
    });
  }
  const { phase } = place.frame;
  if (phase.kind === 'backoff' && phase.due_ms > run.host.nowMs) return { kind: 'blocked' };
  if (phase.kind !== 'ready' && phase.kind !== 'backoff') return { kind: 'blocked' };
  beginTry(place);
  const made = input();
  if (!made.ok) return { kind: 'failed', error: made.error };
  return runHere(run, place, { step, input: made.input, finish });
}

function runHere(
  run: Run,
  place: Place,
  of: { step: FunctionStep; input: JsonObject; finish: (output: Json) => StepOutcome },
): StepOutcome {
  const { instance_id, currency } = run.instance;
  const key = callKey(run, place);
  try {
    const call = { function: of.step.function, input: of.input, key, instance_id, currency };
    const outcome = of.finish(run.host.runLocal(call));
    // What it did is there, whatever it answered.
    if (outcome.kind === 'failed') noteUndoable(run, place, of.step, IN_DOUBT);
    return outcome;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return afterFailure(run, place, { error: errorAt(place, error), trying: of.step });
  }
}

function finishFunction(run: Run, place: Place, of: { step: FunctionStep; output: Json }): StepOutcome {
  const { step, output } = of;
  const spec = must(run.host.functions.get(step.function), `the function ${step.function} is known`);
  const checked = checkedPatch(run, place, { output, fields: spec.output, who: step.function });
  return checked.kind === 'done' ? { ...checked, patch: under(step.output_key, checked.patch) } : checked;
}

/** A patch of the state: the output itself, or under its key. */
function under(key: string | null, output: JsonObject): JsonObject {
  return key === null ? output : { [key]: output };
}

function decide(run: Run, place: Place, step: DecisionStep): StepOutcome {
  const scope = scopeAt(run, place);
  for (const { condition, target } of step.routes) {
    const holds = expressionAt(run, place, condition).test(scope);
    if (holds === true) return { kind: 'done', patch: {}, next: target, detail: condition };
    if (holds !== false)
      note(run, place, { what: 'no_value', detail: `${condition}: ${holds.what} ${holds.fault}` });
  }
  if (step.default_target !== null)
    return { kind: 'done', patch: {}, next: step.default_target, detail: 'default' };
  return failed(place, { code: 'no_route', message: 'No condition holds, and there is no default.' });
}

function outsideOrder(run: Run, place: Place, step: HttpStep | InferenceStep | WasmStep): CallOrder {
  return {
    trying: step,
    key: callKey(run, place),
    onUnknown: step.type === 'HTTP' ? step.on_unknown : 'retry',
    canQuery: false,
    target: (now_ms) => ({
      ok: true,
      what: {
        kind: 'step',
        type: step.type,
        block: place.frame.block,
        step: step.name,
        state: stateAt(run, place),
        locals: scopeAt(run, place).locals ?? {},
        now_ms,
      },
    }),
    finish: (output) => finishOutside(run, place, { step, output }),
    mayHaveHappened: () => {
      // A plug-in leaves nothing behind.
      if (step.type === 'HTTP') noteUndoable(run, place, step, IN_DOUBT);
    },
  };
}

function finishOutside(
  run: Run,
  place: Place,
  of: { step: HttpStep | InferenceStep | WasmStep; output: Json },
): Extract<StepOutcome, { kind: 'done' | 'failed' }> {
  const { step, output } = of;
  if (step.output_key !== null) return { kind: 'done', patch: { [step.output_key]: output } };
  // It writes into the state itself: what the definition says of those fields holds, though none of them must be there.
  const { state } = run.host.program.definition;
  const names = output !== null && typeof output === 'object' ? Object.keys(output) : [];
  const fields = Object.fromEntries(
    names.flatMap((name) => {
      const field = Object.hasOwn(state, name) ? state[name] : undefined;
      return field === undefined ? [] : [[name, field]];
    }),
  );
  return checkedPatch(run, place, { output, fields, who: step.name });
}

/**
 * What stands for the answer of a plug-in once no try is left: `default` its result, `skip` null, which leaves the state
 * as it is where the output has no key. The timeline says so.
 */
export function fallBack(
  run: Run,
  place: Place,
  { step, outcome }: { step: Step; outcome: StepOutcome },
): StepOutcome {
  const isPlugin = step.type === 'AI_INFERENCE' || step.type === 'WASM';
  if (outcome.kind !== 'failed' || !isPlugin || step.on_error === 'fail') return outcome;
  const { code, message } = outcome.error;
  const output = step.on_error === 'default' ? step.default_result : null;
  const instead = finishOutside(run, place, { step, output });
  return instead.kind === 'done' ? { ...instead, detail: `${step.on_error}: ${code}: ${message}` } : instead;
}

/** The output as a patch of the state, if it is what it should be. */
function checkedPatch(
  run: Run,
  place: Place,
  of: { output: Json; fields: Fields; who: string },
): Extract<StepOutcome, { kind: 'done' | 'failed' }> {
  const { currency } = run.instance;
  const checked = checkFields(of.output ?? {}, of.fields, { currency, where: 'closed' });
  if (checked.ok) return { kind: 'done', patch: checked.value };
  const [fault] = checked.faults;
  const message = `${of.who} answered ${fault?.pointer}: ${fault?.detail}`;
  return { kind: 'failed', error: errorAt(place, { code: 'bad_output', message }) };
}

function wait(run: Run, place: Place, step: WaitStep): StepOutcome {
  const { frame } = place;
  if (frame.phase.kind === 'ready') {
    const due = dueOf(run, place, step);
    if (typeof due !== 'number') return { kind: 'failed', error: due };
    frame.phase = { kind: 'timer', due_ms: due };
  }
  if (frame.phase.kind !== 'timer' || frame.phase.due_ms > run.host.nowMs) return { kind: 'blocked' };
  return { kind: 'done', patch: {} };
}

function dueOf(run: Run, place: Place, { wait: until }: WaitStep): number | StepError {
  if (until.kind === 'for') return run.host.nowMs + until.ms;
  const at = valueAt(run, place, until.at);
  if ('fault' in at) return faultError(place, at);
  const ms = typeof at.value === 'string' ? Date.parse(at.value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  return errorAt(place, { code: 'wrong_type', message: `${until.at} is no time` });
}

function waitForSignal(run: Run, place: Place, step: HumanStep): StepOutcome {
  const { frame } = place;
  const { nowMs } = run.host;
  if (frame.phase.kind === 'ready') {
    frame.phase = takeMail(run, step) ?? {
      kind: 'signal',
      due_ms: step.wait_ms === null ? null : nowMs + step.wait_ms,
    };
  }
  const { phase } = frame;
  if (phase.kind === 'signalled') {
    note(run, place, { what: 'signal', by: phase.by, detail: step.signal });
    return { kind: 'done', patch: under(step.output_key, phase.payload) };
  }
  if (phase.kind !== 'signal' || phase.due_ms === null || phase.due_ms > nowMs) return { kind: 'blocked' };
  if (step.on_timeout !== null)
    return { kind: 'done', patch: {}, next: step.on_timeout, detail: 'timed_out' };
  return failed(place, { code: 'timed_out', message: `Nobody sent ${step.signal} in time.` });
}

/** What was sent before it was waited for, by somebody who may answer this step, and with what it asks for. */
function takeMail({ instance }: Run, step: HumanStep): Extract<Phase, { kind: 'signalled' }> | undefined {
  for (const [index, { signal, payload, by, roles }] of instance.mail.entries()) {
    if (signal !== step.signal || !maySend(step, roles)) continue;
    const checked = checkFields(payload, step.fields, { currency: instance.currency, where: 'closed' });
    if (!checked.ok) continue;
    instance.mail.splice(index, 1);
    return { kind: 'signalled', payload: checked.value, by };
  }
  return undefined;
}

/** Whether somebody with these roles, or with null a program, may answer a step. */
export function maySend({ role }: Pick<HumanStep, 'role'>, roles: readonly string[] | null): boolean {
  return role === null || roles === null || roles.includes(role);
}

function goOnWithChild(run: Run, place: Place, step: SubWorkflowStep): StepOutcome {
  const { phase } = place.frame;
  if (phase.kind === 'ready' || phase.kind === 'backoff') {
    if (phase.kind === 'backoff' && phase.due_ms > run.host.nowMs) return { kind: 'blocked' };
    return spawn(run, place, step) ?? { kind: 'blocked' };
  }
  if (phase.kind === 'child' && phase.due_ms !== null && phase.due_ms <= run.host.nowMs)
    run.cancels.push(phase.instance_id);
  if (phase.kind !== 'child_ended') return { kind: 'blocked' };
  if (phase.status === 'completed') return { kind: 'done', patch: under(step.output_key, phase.state) };
  const said =
    phase.error === null ? '' : ` ${phase.error.step}: ${phase.error.code}: ${phase.error.message}`;
  const message = `${step.workflow_type} ended as ${phase.status}.${said}`;
  const isLate = phase.due_ms !== null && phase.due_ms <= run.host.nowMs;
  return afterFailure(run, place, {
    error: errorAt(place, { code: isLate ? 'timed_out' : 'child_failed', message }),
    trying: step,
    // What it did could not be undone: another try would do it again.
    isFinal: phase.status === 'compensation_failed',
  });
}

/** Starts the other workflow; an outcome when it cannot be. */
function spawn(run: Run, place: Place, step: SubWorkflowStep): StepOutcome | undefined {
  const { instance } = run;
  const { workflow_type } = step;
  const { currency } = instance;
  const isAwaited = step.type === 'SUB_WORKFLOW';
  if (instance.depth >= DEPTH_MAX)
    return failed(place, {
      code: 'too_deep',
      message: `Workflows start each other ${DEPTH_MAX} deep at most.`,
    });
  const timeoutMs = timeoutOf(run, place, step);
  beginTry(place);
  const input = inputForWorkflow(run, place, step.input);
  if (!input.ok) return { kind: 'failed', error: input.error };
  const refusal = run.host.refusalOf({ workflow_type, input: input.input, currency });
  if (refusal !== undefined) return failed(place, refusal);
  const instance_id = newInstanceId(run);
  run.spawns.push({
    ...{ instance_id, workflow_type, currency },
    business_key: null,
    input: input.input,
    parent: isAwaited ? { instance_id: instance.instance_id, visit: place.frame.visit } : null,
    depth: instance.depth + 1,
  });
  const due_ms = timeoutMs === null ? null : run.host.nowMs + timeoutMs;
  if (isAwaited) place.frame.phase = { kind: 'child', instance_id, due_ms };
  return undefined;
}

/** A schedule is stored for everybody to read: the loader lets no secret into its name. */
function noSecret(): string {
  return '';
}

function schedule(run: Run, place: Place, step: CronStep): StepOutcome {
  const input = inputForWorkflow(run, place, step.input);
  if (!input.ok) return { kind: 'failed', error: input.error };
  const name = templateAt(run, place, step.schedule).render(scopeAt(run, place), noSecret);
  if ('fault' in name) return { kind: 'failed', error: faultError(place, name) };
  const { cron, time_zone, workflow_type, missed, overlap } = step;
  run.schedules.push({
    ...{ schedule: name.text, cron, time_zone, workflow_type },
    ...{ input: input.input, missed, overlap },
  });
  return { kind: 'done', patch: {} };
}
