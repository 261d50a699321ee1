/** What people do about an instance that does not go on by itself: try again, or take a step for done. */
import { AppError } from '@holdfast/base';
import { checkFields } from '../expression/check-value.ts';
import type { JsonObject } from '../types.ts';
import type { InstanceEvent } from './events.ts';
import type { Frame } from './instance.ts';
import { moveTo, note, type Place, pathOf, type Run, stepAt, write } from './run.ts';
import { walk } from './status.ts';
import { noteUndoable } from './undo.ts';

/** Tries again: what failed or is parked, or what could not be undone. Throws AppError `workflow_conflict` when nothing is. */
export function redrive(run: Run, event: Extract<InstanceEvent, { kind: 'redrive' }>): boolean {
  const { instance } = run;
  const { unwinding } = instance;
  if (instance.status === 'compensation_failed' && unwinding !== null) {
    instance.done = unwinding.failed.map(({ undoable }) => undoable).reverse();
    instance.unwinding = { ...unwinding, frame: null, failed: [] };
    instance.status = 'compensating';
  } else if (instance.status === 'failed') {
    instance.unwinding = null;
    instance.stopping = null;
    instance.error = null;
    // A deadline that has passed would end it again at once.
    instance.deadline_ms = null;
    instance.status = 'running';
    startAnew(run);
  } else if (instance.status === 'parked') startAnew(run);
  else
    throw new AppError(
      'workflow_conflict',
      `The workflow is ${instance.status}. What failed, is parked or could not be undone can be tried again.`,
    );
  note(run, null, { what: 'redrive', by: event.by, detail: event.reason });
  return true;
}

function startAnew({ instance, host }: Run): void {
  for (const frame of walk(instance)) {
    if (frame.phase.kind !== 'failed' && frame.phase.kind !== 'parked') continue;
    frame.phase = frame.below.length > 0 ? { kind: 'inside', due_ms: null } : { kind: 'ready' };
    frame.attempt = 0;
    // Whoever says that it is tried again says that it did not happen.
    frame.may_have_happened = false;
    frame.began_ms = host.nowMs;
  }
}

/** Takes a step for done. Throws AppError `workflow_conflict` when it does not stand there and wait for somebody. */
export function skip(run: Run, event: Extract<InstanceEvent, { kind: 'skip' }>): boolean {
  const { stopping, unwinding } = run.instance;
  if (stopping !== null || unwinding !== null)
    throw new AppError(
      'workflow_conflict',
      'The workflow is on its way to its end: no step of it is skipped any more.',
    );
  const place = findPlace(run.instance.frame, null, event.step);
  const step = place && stepAt(run, place.frame);
  if (place === undefined || step === undefined || !isSkippable(place.frame))
    throw new AppError(
      'workflow_conflict',
      `The step ${event.step} cannot be skipped: it does not stand there, or it is under way.`,
    );
  if (!write(run, place, checkedOutput(run, event.output)))
    throw new AppError('invalid_request', 'With this output the state would become too large.');
  note(run, place, { what: 'skipped', by: event.by, detail: event.reason });
  noteUndoable(run, place, step);
  moveTo(run, place.frame, step.next);
  return true;
}

/** What is said to be the answer of a step holds what the fields of that name hold: conditions rely on it. */
function checkedOutput({ instance, host }: Run, output: JsonObject): JsonObject {
  const { state } = host.program.definition;
  const named = Object.entries(state).filter(([name]) => Object.hasOwn(output, name));
  const { currency } = instance;
  const checked = checkFields(output, Object.fromEntries(named), { currency, where: 'closed' });
  if (checked.ok) return checked.value;
  const { faults } = checked;
  throw new AppError('invalid_request', `${faults[0]?.pointer}: ${faults[0]?.detail}`, { faults });
}

/** Whether the step at which a frame stands waits for something, so that it can be taken for done. */
export function isSkippable({ phase }: Frame): boolean {
  return SKIPPED.has(phase.kind);
}

const SKIPPED: ReadonlySet<Frame['phase']['kind']> = new Set(['parked', 'backoff', 'timer', 'signal']);

function findPlace(frame: Frame, above: Place | null, path: string): Place | undefined {
  const place = { frame, above };
  if (pathOf(place) === path) return place;
  for (const below of frame.below) {
    const found = findPlace(below, place, path);
    if (found !== undefined) return found;
  }
  return undefined;
}
