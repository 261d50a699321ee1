/** Walks the steps of a block from where a frame stands, as far as they can go, or only until nothing is under way. */
import { END, type Step } from '../definition/model.ts';
import { failed, type StepOutcome } from './attempts.ts';
import type { Frame, StepError } from './instance.ts';
import { VISITS_MAX } from './limits.ts';
import { errorAt, holdsTooMuch, moveTo, note, type Place, type Run, stepAt, write } from './run.ts';
import { fallBack, goOn } from './steps.ts';
import { IN_DOUBT, noteUndoable } from './undo.ts';

export type FrameOutcome = { kind: 'ended' } | { kind: 'blocked' } | { kind: 'failed'; error: StepError };

/** Goes on until the end of the block, a failure, or something to wait for. */
export function runFrame(run: Run, place: Place): FrameOutcome {
  const { frame } = place;
  for (;;) {
    const step = stepAt(run, frame);
    if (step === undefined) return { kind: 'ended' };
    if (frame.phase.kind === 'failed') return { kind: 'failed', error: frame.phase.error };
    if (frame.phase.kind === 'ready' && !mayBegin(run)) return { kind: 'blocked' };
    const tooMuch = frame.phase.kind === 'ready' ? tooMuchFor(run) : undefined;
    const outcome = tooMuch
      ? failed(place, tooMuch)
      : fallBack(run, place, { step, outcome: goOn(run, place, step) });
    if (outcome.kind === 'blocked') return outcome;
    const failure = outcome.kind === 'done' ? finish(run, place, { step, outcome }) : outcome.error;
    if (failure === undefined) continue;
    note(run, place, { what: 'failed', detail: `${failure.code}: ${failure.message}` });
    if (step.on_failure === null) {
      frame.phase = { kind: 'failed', error: failure };
      return { kind: 'failed', error: failure };
    }
    moveTo(run, frame, step.on_failure);
  }
}

/** One commit takes so many steps and no more; the others go on in the next. */
function mayBegin(run: Run): boolean {
  run.budget -= 1;
  return run.budget >= 0;
}

const TOO_MANY = {
  code: 'too_many_steps',
  message: `The workflow has taken ${VISITS_MAX} steps, which is as many as one may.`,
};

const TOO_LARGE = {
  code: 'state_too_large',
  message: 'The lists that it goes through, and what can be undone, are more than a workflow may hold.',
};

/** Why no further step may begin; undefined when one may. */
function tooMuchFor(run: Run): { code: string; message: string } | undefined {
  if (run.instance.visits > VISITS_MAX) return TOO_MANY;
  return holdsTooMuch(run) ? TOO_LARGE : undefined;
}

/** Takes the step for done and moves on; what is wrong with that, if something is. */
function finish(
  run: Run,
  place: Place,
  { step, outcome }: { step: Step; outcome: Extract<StepOutcome, { kind: 'done' }> },
): StepError | undefined {
  if (!write(run, place, outcome.patch)) {
    noteUndoable(run, place, step, IN_DOUBT);
    return errorAt(place, { code: 'state_too_large', message: 'The state would become too large.' });
  }
  note(run, place, { what: 'done', ...(outcome.detail !== undefined && { detail: outcome.detail }) });
  noteUndoable(run, place, step);
  moveTo(run, place.frame, outcome.next ?? step.next);
  return undefined;
}

/**
 * Begins nothing, and takes in what still comes: a call that was made has happened, and may have to be undone.
 * `blocked` while something is under way.
 */
export function drainFrame(run: Run, place: Place): FrameOutcome {
  const { frame } = place;
  const step = stepAt(run, frame);
  if (step === undefined || frame.at === END) return { kind: 'ended' };
  switch (frame.phase.kind) {
    case 'calling':
      run.aborts.push(frame.visit);
      return { kind: 'blocked' };
    case 'child':
      run.cancels.push(frame.phase.instance_id);
      return { kind: 'blocked' };
    case 'inside':
      return drainBelow(run, place);
    case 'answered':
    case 'child_ended':
      return takeIn(run, place, step);
    case 'parked':
      noteUndoable(run, place, step, IN_DOUBT);
      frame.phase = { kind: 'failed', error: frame.phase.error };
      return { kind: 'ended' };
    default:
      // It waits for another try, or to ask again.
      if (frame.may_have_happened) noteUndoable(run, place, step, IN_DOUBT);
      frame.may_have_happened = false;
      return { kind: 'ended' };
  }
}

function drainBelow(run: Run, place: Place): FrameOutcome {
  const outcomes = place.frame.below.map((frame: Frame) => drainFrame(run, { frame, above: place }));
  return outcomes.some(({ kind }) => kind === 'blocked') ? { kind: 'blocked' } : { kind: 'ended' };
}

function takeIn(run: Run, place: Place, step: Step): FrameOutcome {
  const outcome = goOn(run, place, step);
  if (outcome.kind === 'blocked')
    return place.frame.phase.kind === 'calling' ? outcome : drainFrame(run, place);
  const failure = outcome.kind === 'done' ? finish(run, place, { step, outcome }) : outcome.error;
  if (failure !== undefined) {
    note(run, place, { what: 'failed', detail: `${failure.code}: ${failure.message}` });
    place.frame.phase = { kind: 'failed', error: failure };
  }
  return { kind: 'ended' };
}
