/**
 * The way back: what was done is undone, the last first, each with the tries it was given. What cannot be undone is
 * kept and told, and the rest is undone all the same.
 */
import { must } from '@holdfast/base';
import { END } from '../definition/model.ts';
import { afterFailure, beginTry, type StepOutcome, type Trying } from './attempts.ts';
import { goOnCalling } from './calls.ts';
import type { Frame, StepError, Undoable, Unwinding } from './instance.ts';
import { errorAt, note, type Place, type Run, StepFailure, undoKey } from './run.ts';

/** Turns round. */
export function beginUnwinding(run: Run, of: { why: Unwinding['why']; error: StepError }): void {
  run.instance.error = of.error;
  run.instance.unwinding = { why: of.why, undone: 0, frame: null, failed: [] };
}

/** Goes on with the way back as far as it can; sets the status at its end. */
export function unwind(run: Run): void {
  const { instance } = run;
  const unwinding = must(instance.unwinding, 'the instance is on its way back');
  for (;;) {
    const undoable = instance.done.at(-1);
    if (undoable === undefined) {
      instance.status = statusAfter(unwinding);
      return;
    }
    if (unwinding.frame === null) {
      run.budget -= 1;
      if (run.budget < 0) return;
      unwinding.frame = frameFor(run, undoable);
    }
    const place = { frame: unwinding.frame, above: null };
    const outcome = undo(run, place, undoable);
    if (outcome.kind === 'blocked') return;
    instance.done.pop();
    unwinding.frame = null;
    if (outcome.kind === 'done') {
      unwinding.undone += 1;
      note(run, place, { what: 'undone', detail: undoable.function });
    } else {
      unwinding.failed.push({ undoable, error: outcome.error });
      note(run, place, { what: 'not_undone', detail: `${undoable.function}: ${outcome.error.message}` });
    }
  }
}

function statusAfter({ failed, undone, why }: Unwinding) {
  if (failed.length > 0) return 'compensation_failed';
  if (undone > 0) return 'compensated';
  return why;
}

function frameFor(run: Run, { step }: Undoable): Frame {
  run.instance.visits += 1;
  return {
    block: '',
    at: step === '' ? END : step,
    phase: { kind: 'ready' },
    visit: run.instance.visits,
    attempt: 0,
    began_ms: run.host.nowMs,
    may_have_happened: false,
    locals: {},
    delta: null,
    below: [],
    items: [],
    index: 0,
  };
}

function undo(run: Run, place: Place, undoable: Undoable): StepOutcome {
  const spec = must(run.host.functions.get(undoable.function), `the function ${undoable.function} is known`);
  const trying: Trying = { retry: undoable.retry, timeout_ms: null, deadline_ms: null };
  if (spec.effect === 'external') {
    return goOnCalling(run, place, {
      trying,
      key: undoKey(undoable),
      ...(undoable.in_doubt && { undoes: undoable.key }),
      // To undo twice under one name is to undo once.
      onUnknown: spec.canQuery === true ? 'query' : 'retry',
      canQuery: spec.canQuery ?? false,
      target: () => ({
        ok: true,
        what: { kind: 'function', function: undoable.function, input: undoable.input },
      }),
      finish: () => ({ kind: 'done', patch: {} }),
      mayHaveHappened: () => undefined,
    });
  }
  const { phase } = place.frame;
  if (phase.kind === 'backoff' && phase.due_ms > run.host.nowMs) return { kind: 'blocked' };
  if (phase.kind !== 'ready' && phase.kind !== 'backoff') return { kind: 'blocked' };
  beginTry(place);
  const { instance_id, currency } = run.instance;
  try {
    const key = undoKey(undoable);
    run.host.runLocal({ function: undoable.function, input: undoable.input, key, instance_id, currency });
    return { kind: 'done', patch: {} };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return afterFailure(run, place, { error: errorAt(place, error), trying });
  }
}
