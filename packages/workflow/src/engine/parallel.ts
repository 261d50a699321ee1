/**
 * PARALLEL: branches that each see the state as it was, and write into a difference of their own. They come together by
 * the rule that the step names, when all have ended. When one fails, the others begin nothing more.
 */
import { LIMITS } from '@holdfast/base';
import { END, type ParallelStep } from '../definition/model.ts';
import { failed, type StepOutcome } from './attempts.ts';
import { drainFrame, runFrame } from './frames.ts';
import type { Frame, StepError } from './instance.ts';
import { mergeBranches } from './merge.ts';
import { enterBlock, errorAt, faultError, hold, type Place, pathOf, type Run, valueAt } from './run.ts';
import { fitsState } from './size.ts';

/** Goes on with all branches as far as they can. */
export function goOnInParallel(run: Run, place: Place, step: ParallelStep): StepOutcome {
  const { frame } = place;
  if (frame.phase.kind === 'ready') {
    const begun = begin(run, place, step);
    if (begun !== undefined) return begun;
  }
  if (frame.phase.kind !== 'inside') return { kind: 'blocked' };
  const { due_ms } = frame.phase;
  const late = due_ms !== null && run.host.nowMs >= due_ms ? [errorAt(place, TIMED_OUT)] : [];
  for (;;) {
    const before = fatal(frame, { step, late });
    const outcomes = frame.below.map((branch) => {
      const at = { frame: branch, above: place };
      return fatal(frame, { step, late }) === undefined ? runFrame(run, at) : drainFrame(run, at);
    });
    const failure = fatal(frame, { step, late });
    // Once more, so that those which ran before the failure are stopped, too.
    if (failure !== undefined && before === undefined) continue;
    if (failure === undefined && beginMore(run, place, step)) continue;
    if (outcomes.some(({ kind }) => kind === 'blocked')) return { kind: 'blocked' };
    return failure === undefined ? join(place, step) : { kind: 'failed', error: failure };
  }
}

const TIMED_OUT = { code: 'timed_out', message: 'The branches did not end in time.' };

/** The failure with which the step ends, if there is one. */
function fatal(
  { below }: Frame,
  { step, late }: { step: ParallelStep; late: readonly StepError[] },
): StepError | undefined {
  if (late.length > 0) return late[0];
  if (step.allow_partial) return undefined;
  for (const { phase } of below) if (phase.kind === 'failed') return phase.error;
  return undefined;
}

function begin(run: Run, place: Place, step: ParallelStep): StepOutcome | undefined {
  const { frame } = place;
  const { branches } = step;
  if (branches.kind === 'named') {
    frame.below = branches.branches.map(({ name }) =>
      enterBlock(run, `${pathOf(place)}/${name}`, { delta: {} }),
    );
  } else {
    const over = valueAt(run, place, branches.over);
    if ('fault' in over) return { kind: 'failed', error: faultError(place, over) };
    if (!Array.isArray(over.value))
      return failed(place, { code: 'wrong_type', message: `${branches.over} is no list` });
    if (over.value.length > LIMITS.workflowBranchesMax)
      return failed(place, {
        code: 'too_many_branches',
        message: `${branches.over} has ${over.value.length} items; at most ${LIMITS.workflowBranchesMax} run side by side: use a LOOP.`,
      });
    if (!fitsState(over.value))
      return failed(place, {
        code: 'state_too_large',
        message: `${branches.over} is larger than a state may be.`,
      });
    frame.items = over.value;
    hold(run, over.value);
  }
  const due_ms = step.deadline_ms === null ? null : frame.began_ms + step.deadline_ms;
  frame.phase = { kind: 'inside', due_ms };
  beginMore(run, place, step);
  return undefined;
}

/** Begins branches of a list while fewer than `at_once` are under way; true when there is one more. */
function beginMore(run: Run, place: Place, { branches }: ParallelStep): boolean {
  const { frame } = place;
  if (branches.kind === 'named') return false;
  let hasBegun = false;
  while (frame.index < frame.items.length && underWay(frame) < branches.at_once) {
    const locals = { [branches.item]: frame.items[frame.index] ?? null, index: frame.index };
    hold(run, locals);
    frame.below.push(enterBlock(run, pathOf(place), { locals, delta: {} }));
    frame.index += 1;
    hasBegun = true;
  }
  return hasBegun;
}

function underWay({ below }: Frame): number {
  return below.filter(({ at, phase }) => at !== END && phase.kind !== 'failed').length;
}

function join(place: Place, step: ParallelStep): StepOutcome {
  const ended = place.frame.below.filter(({ phase }) => phase.kind !== 'failed');
  const merged = mergeBranches(
    ended.map(({ delta }) => delta ?? {}),
    step,
  );
  if (!merged.ok)
    return failed(place, {
      code: 'merge_conflict',
      message: `Two branches wrote ${merged.field}: name a rule for it, or give them other names.`,
    });
  const failures = place.frame.below.length - ended.length;
  const detail = failures === 0 ? `${ended.length} branches` : `${ended.length} branches, ${failures} failed`;
  return { kind: 'done', patch: merged.state, detail };
}
